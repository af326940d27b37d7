//! Eight editors at once, in mixed encodings, against a model that does one thing after the other:
//! whenever all is quiet, every editor has been told what the model says, nothing that was saved or
//! committed is gone, and every event was told to everybody once.

mod events;
mod model;
mod run;
mod steps;
