//! The board's page.

export {};
