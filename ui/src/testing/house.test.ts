import { readdirSync, readFileSync } from "node:fs";
import { join, relative, sep } from "node:path";
import { expect, test } from "vitest";
import { en } from "../words/en";

const root = join(import.meta.dirname, "..");
const files = readdirSync(root, { recursive: true, encoding: "utf8" })
  .filter((file) => /\.tsx?$/.test(file) && !file.endsWith(".test.ts") && !file.endsWith(".test.tsx"))
  .map((file) => ({ path: file.split(sep).join("/"), text: readFileSync(join(root, file), "utf8") }));
const sources = files.filter(({ path }) => path !== "api/bindings.ts");

/** The paths below `src` that a file imports. */
function imports({ path, text }: { path: string; text: string }): string[] {
  const found = [...text.matchAll(/(?:from|import)\s*\(?\s*"(\.[^"]+)"/g)];
  return found.map(([, to]) =>
    relative(root, join(root, path, "..", to ?? ""))
      .split(sep)
      .join("/"),
  );
}

test("features don't import each other", () => {
  const crossings = sources.flatMap((file) => {
    const own = /^features\/([^/]+)\//.exec(file.path)?.[1];
    if (own === undefined) return [];
    const others = imports(file).filter((to) => to.startsWith("features/") && !to.startsWith(`features/${own}/`));
    return others.map((to) => `${file.path} imports ${to}`);
  });
  expect(crossings).toEqual([]);
});

test("building blocks know no feature and no query, helpers know neither", () => {
  const wrong = sources.flatMap((file) => {
    const room = file.path.split("/")[0];
    const banned =
      room === "ui" ? /^(features\/|api\/(?!bindings$))/ : room === "lib" ? /^(features|api|ui|words)\// : null;
    return banned
      ? imports(file)
          .filter((to) => banned.test(to))
          .map((to) => `${file.path} imports ${to}`)
      : [];
  });
  expect(wrong).toEqual([]);
});

test("only the door knows the window's host", () => {
  const knowing = sources.filter(({ text }) => text.includes("@tauri-apps/")).map(({ path }) => path);
  expect(knowing).toEqual(["api/client.ts"]);
});

test("text of a tenant can only become a text node", () => {
  const risky = sources.filter(({ text }) =>
    /dangerouslySetInnerHTML|innerHTML|insertAdjacentHTML|document\.write/.test(text),
  );
  expect(risky.map(({ path }) => path)).toEqual([]);
});

test("there are no files that only hand on others", () => {
  expect(sources.filter(({ path }) => /(^|\/)index\.tsx?$/.test(path)).map(({ path }) => path)).toEqual([]);
});

test("each sentence is said somewhere", () => {
  const spoken = sources
    .filter(({ path }) => !path.startsWith("words/en/"))
    .map(({ text }) => text)
    .join("\n");
  // Keys whose last part is filled in, such as t(`users.tab.${tab}`).
  const prefixes = [...spoken.matchAll(/t\(\s*`([a-zA-Z.]+)\.\$\{/g)].map(([, prefix]) => `${prefix}.`);
  const silent = Object.keys(en).filter(
    (key) => !spoken.includes(`"${key}"`) && !prefixes.some((prefix) => key.startsWith(prefix)),
  );
  expect(silent).toEqual([]);
});
