//! A PostgreSQL server of the tests' own.

use std::fs;
use std::os::unix::fs::{MetadataExt, chown};
use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};

/// On a socket in a temporary folder. It ends with the process of the tests, however that ends.
pub(crate) struct PostgresServer {
    programs: PathBuf,
    folder: PathBuf,
    /// Whom it runs as: the server refuses to be root.
    user: Option<u32>,
    /// Waits for the end of its input, which is the end of this process.
    _remover: Child,
    databases: AtomicUsize,
}

impl PostgresServer {
    /// The one that most tests of a process share.
    pub(crate) fn shared() -> &'static Self {
        static SERVER: OnceLock<PostgresServer> = OnceLock::new();
        SERVER.get_or_init(Self::new)
    }

    pub(crate) fn new() -> Self {
        let programs = programs();
        let folder = tempfile::Builder::new()
            .prefix("countersign-postgres-")
            .tempdir()
            .unwrap()
            .keep();
        let user = (fs::metadata(&folder).unwrap().uid() == 0).then(|| id_of("postgres"));
        if user.is_some() {
            chown(&folder, user, None).unwrap();
        }
        let remove = r#"read _; "$0/pg_ctl" -D "$1/data" -m immediate stop; rm -rf "$1""#;
        let mut remover = as_user(Command::new("sh"), user);
        remover.args(["-c", remove]).arg(&programs).arg(&folder);
        let remover = remover
            .current_dir(&folder)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let server = Self {
            programs,
            folder,
            user,
            _remover: remover,
            databases: AtomicUsize::new(0),
        };
        server.run(
            "initdb",
            &["-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-sync"],
        );
        server.start();
        server
    }

    pub(crate) fn start(&self) {
        let folder = self.folder.to_str().unwrap();
        let settings = format!("-c listen_addresses='' -c fsync=off -k {folder}");
        let log = format!("{folder}/log");
        self.run("pg_ctl", &["-w", "-l", &log, "-o", &settings, "start"]);
    }

    pub(crate) fn stop(&self) {
        self.run("pg_ctl", &["-w", "-m", "immediate", "stop"]);
    }

    /// A fresh database, as libpq takes its name.
    pub(crate) fn create_database(&self) -> String {
        let name = format!("database_{}", self.databases.fetch_add(1, Ordering::SeqCst));
        let host = self.folder.to_str().unwrap();
        let program = self.programs.join("createdb");
        let made = Command::new(program)
            .args(["-h", host, "-U", "postgres", "-T", "template0", &name])
            .status()
            .unwrap();
        assert!(made.success());
        format!("host={host} user=postgres dbname={name}")
    }

    fn run(&self, program: &str, arguments: &[&str]) {
        let mut command = as_user(Command::new(self.programs.join(program)), self.user);
        let data = self.folder.join("data");
        command.arg("-D").arg(data).args(arguments);
        let status = command
            .current_dir(&self.folder)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .status()
            .unwrap();
        assert!(status.success(), "{program} failed");
    }
}

fn programs() -> PathBuf {
    let versions = fs::read_dir("/usr/lib/postgresql").into_iter().flatten();
    let folders = versions.flatten().map(|version| version.path().join("bin"));
    let of_debian = folders.filter(|bin| bin.join("initdb").exists()).max();
    let on_path = std::env::var_os("PATH").and_then(|path| {
        std::env::split_paths(&path).find(|folder: &PathBuf| folder.join("initdb").exists())
    });
    of_debian
        .or(on_path)
        .expect("PostgreSQL is not installed; install the package postgresql")
}

fn as_user(mut command: Command, user: Option<u32>) -> Command {
    if let Some(user) = user {
        command.uid(user);
    }
    command
}

fn id_of(name: &str) -> u32 {
    let asked = Command::new("id").args(["-u", name]).output().unwrap();
    assert!(asked.status.success(), "there is no user {name}");
    String::from_utf8(asked.stdout)
        .unwrap()
        .trim()
        .parse()
        .unwrap()
}
