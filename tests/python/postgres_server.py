"""A PostgreSQL server of the tests' own."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
from pathlib import Path

from certificates import Certificates


class PostgresServer:
    """On a socket in a temporary folder; it can be started again. With certificates it also listens
    on a port, with TLS and passwords: ``shop`` shows a certificate instead of one."""

    def __init__(self, certificates: Certificates | None = None) -> None:
        found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
        program = str(found[-1]) if found else shutil.which("initdb")
        assert program, "PostgreSQL is not installed; `apt-get install postgresql` brings it"
        self._programs = Path(program).parent
        # Not in a folder of pytest's, which only its owner may enter: the server refuses to be root.
        self._folder = Path(tempfile.mkdtemp(prefix="countersign-postgres-"))
        self._user = "postgres" if os.geteuid() == 0 else None
        if self._user is not None:
            shutil.chown(self._folder, self._user)
        self.conninfo = f"host={self._folder} dbname=postgres user=postgres"
        self._run("initdb", "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-sync")
        self._settings = {"listen_addresses": "", "fsync": "off"}
        if certificates is not None:
            self._listen(certificates)

    def _listen(self, certificates: Certificates) -> None:
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port: int = free.getsockname()[1]
        data = self._folder / "data"
        issued = certificates.issue("127.0.0.1")
        for name, source in (("key", issued.key), ("cert", issued.chain)):
            file = data / f"server.{name}"
            shutil.copy(source, file)
            file.chmod(0o600)
            if self._user is not None:
                shutil.chown(file, self._user)
        shutil.copy(certificates.authority, data / "clients.pem")
        (data / "clients.pem").chmod(0o644)
        self._settings |= {
            "listen_addresses": "127.0.0.1",
            "port": str(self.port),
            "ssl": "on",
            "ssl_cert_file": "server.cert",
            "ssl_key_file": "server.key",
            "ssl_ca_file": "clients.pem",
        }
        (data / "pg_hba.conf").write_text(
            "local all all trust\n"
            "hostssl all shop 127.0.0.1/32 cert\n"
            "hostssl all all 127.0.0.1/32 scram-sha-256\n"
        )

    def start(self) -> None:
        given = [f"-c {name}='{value}'" for name, value in self._settings.items()]
        settings = f"{' '.join(given)} -k {self._folder}"
        log = str(self._folder / "log")
        self._run("pg_ctl", "-w", "-l", log, "-o", settings, "start")

    def stop(self) -> None:
        self._run("pg_ctl", "-w", "-m", "immediate", "stop")

    def remove(self) -> None:
        shutil.rmtree(self._folder)

    def _run(self, program: str, *arguments: str) -> None:
        command = [str(self._programs / program), "-D", str(self._folder / "data"), *arguments]
        ended = subprocess.run(
            command,
            user=self._user,
            cwd=self._folder,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
        assert ended.returncode == 0, f"{program}: {ended.stderr}"
