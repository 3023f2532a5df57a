/**
 * Makes a project with the packed package, the frameworks and the servers of this folder in it.
 *
 * usage: node prepare.mjs TARBALL FOLDER
 *
 * FOLDER must be empty or absent. Prints the folder in which the servers are then.
 */

import { mkdirSync } from "node:fs";
import { join, resolve } from "node:path";

import { makeProject } from "../../javascript/project.mjs";

const [tarball, folder] = process.argv.slice(2);
if (folder === undefined) {
  throw new Error("usage: node prepare.mjs TARBALL FOLDER");
}
mkdirSync(folder, { recursive: true });
const project = await makeProject(resolve(tarball), resolve(folder));
console.log(join(project, "receivers"));
