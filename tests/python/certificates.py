"""Certificates of an authority of the tests' own."""

from __future__ import annotations

import ssl
import subprocess
from pathlib import Path
from typing import NamedTuple


class Issued(NamedTuple):
    """Files in PEM."""

    chain: Path
    key: Path

    def server(self) -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.chain, self.key)
        return context


class Certificates:
    """An authority, and what it issues, in a folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        folder.mkdir()
        made = self._make("authority", "-addext", "basicConstraints=critical,CA:TRUE")
        #: The file with its certificate.
        self.authority = made.chain
        self._key = made.key

    def issue(self, name: str) -> Issued:
        """For a server at this address, or for a client of this name."""
        kind = "IP" if name[0].isdecimal() else "DNS"
        return self._make(
            name,
            *("-CA", str(self.authority), "-CAkey", str(self._key)),
            *("-addext", f"subjectAltName={kind}:{name}"),
            # Or else it would be an authority.
            *("-addext", "basicConstraints=critical,CA:FALSE"),
        )

    def _make(self, name: str, *more: str) -> Issued:
        made = Issued(self._folder / f"{name}.pem", self._folder / f"{name}.key")
        command = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt"]
        command += ["ec_paramgen_curve:prime256v1", "-nodes", "-days", "2", "-subj", f"/CN={name}"]
        command += ["-out", str(made.chain), "-keyout", str(made.key), *more]
        ended = subprocess.run(command, capture_output=True, text=True, check=False)
        assert ended.returncode == 0, ended.stderr
        return made
