/** A PostgreSQL of the tests' own. */

import { execFileSync } from "node:child_process";
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const DEBIAN = "/usr/lib/postgresql";

/** On a socket in a temporary folder; it can be stopped and started again. */
export class PostgresServer {
  #folder = mkdtempSync(join(tmpdir(), "countersign-postgres-"));
  #programs = programs();
  /** The server refuses to be root. */
  #user = process.getuid() === 0 ? userNamed("postgres") : {};
  options = { host: this.#folder, user: "postgres", database: "postgres" };

  constructor() {
    if (this.#user.uid !== undefined) {
      chownSync(this.#folder, this.#user.uid, this.#user.gid);
    }
    this.#run("initdb", "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-sync");
  }

  start() {
    const settings = `-c listen_addresses='' -c fsync=off -k ${this.#folder}`;
    this.#run("pg_ctl", "-w", "-l", join(this.#folder, "log"), "-o", settings, "start");
  }

  stop() {
    this.#run("pg_ctl", "-w", "-m", "immediate", "stop");
  }

  remove() {
    rmSync(this.#folder, { recursive: true, force: true });
  }

  #run(program, ...programArguments) {
    const options = { ...this.#user, cwd: this.#folder, stdio: ["ignore", "ignore", "pipe"] };
    execFileSync(join(this.#programs, program), ["-D", join(this.#folder, "data"), ...programArguments], options);
  }
}

/** The folder of its programs, which Debian keeps off the path; the path, if it is empty. */
function programs() {
  const versions = existsSync(DEBIAN) ? readdirSync(DEBIAN).sort((one, other) => Number(one) - Number(other)) : [];
  const folders = versions.map((version) => join(DEBIAN, version, "bin"));
  return folders.findLast((folder) => existsSync(join(folder, "initdb"))) ?? "";
}

function userNamed(name) {
  const [uid, gid] = ["-u", "-g"].map((which) => Number(execFileSync("id", [which, name])));
  return { uid, gid };
}
