//! A way to a server that can be cut off.

use std::path::{Path, PathBuf};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{UnixListener, UnixStream};
use tokio::sync::watch;

/// What becomes of connections, those that are open, too.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Way {
    Open,
    /// They are closed at once.
    Cut,
    /// They are accepted, and nothing goes through.
    Silent,
}

/// Stands before the socket of a server, and under the same name in a folder of its own.
pub(crate) struct Gate {
    folder: tempfile::TempDir,
    way: watch::Sender<Way>,
}

const NAME: &str = ".s.PGSQL.5432";

impl Gate {
    /// Before the server that this names, as libpq does.
    pub(crate) fn before(database: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let host = database.split(' ').find_map(|it| it.strip_prefix("host="));
        let server = Path::new(host.unwrap()).join(NAME);
        let listener = UnixListener::bind(folder.path().join(NAME)).unwrap();
        let (way, seen) = watch::channel(Way::Open);
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                tokio::spawn(pass(client, server.clone(), seen.clone()));
            }
        });
        Self { folder, way }
    }

    /// The same database, by way of the gate.
    pub(crate) fn through(&self, database: &str) -> String {
        let (_, rest) = database.split_once(' ').unwrap();
        format!("host={} {rest}", self.folder.path().display())
    }

    pub(crate) fn set(&self, way: Way) {
        self.way.send_replace(way);
    }
}

async fn pass(mut client: UnixStream, server: PathBuf, mut way: watch::Receiver<Way>) {
    if way.wait_for(|way| *way != Way::Silent).await.is_err() || *way.borrow() == Way::Cut {
        return;
    }
    let Ok(mut server) = UnixStream::connect(server).await else {
        return;
    };
    let (mut sent, mut answered) = ([0; 4_096], [0; 4_096]);
    loop {
        let way_now = *way.borrow_and_update();
        match way_now {
            Way::Cut => return,
            Way::Silent => {
                if way.changed().await.is_err() {
                    return;
                }
                continue;
            }
            Way::Open => {}
        }
        let done = tokio::select! {
            changed = way.changed() => changed.is_err(),
            read = client.read(&mut sent) => hand_on(read, &sent, &mut server).await,
            read = server.read(&mut answered) => hand_on(read, &answered, &mut client).await,
        };
        if done {
            return;
        }
    }
}

/// Whether that was the end.
async fn hand_on(read: std::io::Result<usize>, bytes: &[u8], to: &mut UnixStream) -> bool {
    match read {
        Ok(count) if count > 0 => to.write_all(&bytes[..count]).await.is_err(),
        _ => true,
    }
}
