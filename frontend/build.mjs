// Copies what the pages use out of node_modules: nothing of it is kept in the repository.
//   static/vendor/tabler/        the style sheet
//   static/vendor/tabler-icons/  outline icons, read by the {% icon %} tag on the server, never sent as files
//   tests/vendor/axe-core/       the accessibility checker of the browser tests

import { cp, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const modules = join(here, "node_modules");
const vendor = join(here, "..", "static", "vendor");
const testVendor = join(here, "..", "tests", "vendor");

async function fresh(folder) {
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  return folder;
}

async function licence(from, to) {
  await cp(join(from, "LICENSE"), join(to, "LICENSE"));
}

const tabler = await fresh(join(vendor, "tabler"));
const css = await readFile(join(modules, "@tabler/core/dist/css/tabler.min.css"), "utf8");
// The map it names is not served, and a missing file stops collectstatic.
await writeFile(join(tabler, "tabler.min.css"), css.replace(/\/\*# sourceMappingURL=.*?\*\//g, ""));
await cp(join(modules, "@tabler/core/LICENSE"), join(tabler, "LICENSE")).catch(() => {});

const icons = await fresh(join(vendor, "tabler-icons"));
await cp(join(modules, "@tabler/icons/icons/outline"), join(icons, "outline"), { recursive: true });
await licence(join(modules, "@tabler/icons"), icons);

const axe = await fresh(join(testVendor, "axe-core"));
await cp(join(modules, "axe-core/axe.min.js"), join(axe, "axe.min.js"));
await licence(join(modules, "axe-core"), axe);
