//! Neither end of a socket talks to another user.

use rustix::process::Uid;
use rustix::thread::set_thread_res_uid;

use super::*;

/// Does something as somebody else, for whom the path is open; `None` where only root could.
#[expect(clippy::print_stderr, reason = "a test says what it leaves out")]
fn as_somebody_else<T: Send>(act: impl FnOnce() -> T + Send) -> Option<T> {
    if !rustix::process::geteuid().is_root() {
        eprintln!("skipped: only root can be somebody else");
        return None;
    }
    let other = Uid::from_raw(65534);
    std::thread::scope(|scope| {
        let acting = scope.spawn(|| {
            set_thread_res_uid(other, other, other).expect("root may");
            act()
        });
        Some(acting.join().expect("no panic"))
    })
}

fn open_to_all(path: &std::path::Path) {
    fs::set_permissions(path, fs::Permissions::from_mode(0o777)).expect("it is ours");
}

#[tokio::test]
async fn a_socket_of_somebody_else_is_not_talked_to() {
    let dir = tempfile::tempdir().expect("a folder");
    open_to_all(dir.path());
    let address = Address::in_folder(dir.path());
    let socket = address.socket();
    let listening = as_somebody_else(|| std::os::unix::net::UnixListener::bind(&socket));
    let Some(listening) = listening else { return };
    let _listener = listening.expect("it listens");
    let error = connect(&address).await.expect_err("it is refused");
    assert_eq!(error.kind(), io::ErrorKind::PermissionDenied);
    assert!(error.to_string().contains("65534"), "{error}");
}

#[tokio::test]
async fn a_client_that_is_somebody_else_is_not_listened_to() {
    let dir = tempfile::tempdir().expect("a folder");
    open_to_all(dir.path());
    let address = Address::in_folder(dir.path());
    let mut listener = Listener::bind(&address).expect("it listens");
    let socket = address.socket();
    let connecting = || std::os::unix::net::UnixStream::connect(&socket);
    let Some(kept_out) = as_somebody_else(connecting) else { return };
    let error = kept_out.expect_err("the socket is private");
    assert_eq!(error.kind(), io::ErrorKind::PermissionDenied);
    open_to_all(&socket);
    let connected = as_somebody_else(connecting).expect("root").expect("it is open");
    let error = listener.accept().await.expect_err("it is refused");
    assert_eq!(error.kind(), io::ErrorKind::PermissionDenied);
    drop(connected);
    let _own = connect(&address).await.expect("it listens");
    listener.accept().await.expect("it is ours");
}
