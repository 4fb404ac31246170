import type { ImportPreview, PreviewLine, Proposal } from "./bindings";
import { type Desk, refused, type Verbs } from "./fakeDesk";
import { eligibilitiesOf, groups, NOW, organizations, previewLines, proposalsOf, rulesOf } from "./fakeWorld";

/** What is asked of how users come in. */
export function arrivalVerbs(desk: Desk): Verbs {
  const rules = rulesOf();
  const waiting = proposalsOf();
  const turnedDown: Proposal[] = [];
  let dryRun: { preview: ImportPreview; lines: readonly PreviewLine[] } | undefined;
  return {
    "groups.search": ({ text }) => groups.filter((one) => one.display_name.toLowerCase().includes(text.toLowerCase())),
    "groups.size": ({ group }) => {
      const found = groups.find((one) => one.id === group);
      if (!found) throw refused("not_found");
      return { group: found, direct: 12, nested: 340 };
    },
    "rules.list": () => rules,
    "rules.evaluate": async (_, { onProgress }) => {
      onProgress?.({ kind: "read", read: 999 });
      await desk.wait();
      desk.changed();
      return rules;
    },
    "rules.order": ({ rules: order }) => {
      rules.sort((a, b) => order.indexOf(a.rule.id) - order.indexOf(b.rule.id));
      desk.changed();
      return rules;
    },
    "rules.add": ({ organization, condition, action }) => {
      const rule = { id: 10 + rules.length, organization, condition, action, created: NOW, outcome: null };
      rules.push({ rule, organization_name: organizations[organization - 1]?.name ?? "", open: 0 });
      desk.changed();
      return rule;
    },
    "rules.change": ({ rule, condition, action }) => {
      const found = rules.find((one) => one.rule.id === rule);
      if (!found) throw refused("not_found");
      Object.assign(found.rule, { condition, action, outcome: null });
      desk.changed();
      return found.rule;
    },
    "rules.remove": ({ rule }) => {
      rules.splice(
        rules.findIndex((one) => one.rule.id === rule),
        1,
      );
      desk.changed();
      return null;
    },
    "rules.proposals": ({ organization, declined }) => ({
      open: organization === 1 ? waiting.length : 0,
      declined: organization === 1 ? turnedDown.length : 0,
      rows: organization === 1 ? (declined ? turnedDown : waiting) : [],
    }),
    "rules.accept": ({ users }) => {
      const n = moveProposals(users, waiting, []);
      desk.changed();
      return { read: n, new: n, changed: 0, same: 0, elsewhere: 0, gone: 0, since: null, unmatched: [] };
    },
    "rules.decline": ({ users }) => {
      const n = moveProposals(users, waiting, turnedDown);
      desk.changed();
      return { users: n };
    },
    "rules.reconsider": ({ users }) => {
      const n = moveProposals(users, turnedDown, waiting);
      desk.changed();
      return { users: n };
    },
    "users.preflight": async ({ organization }, { onProgress, signal }) => {
      const members = desk.rows.filter((row) => row.user.organization === organization);
      const vague = members.filter((row) => row.judged.eligibility === "shared_or_resource");
      const kinds = ["shared", "room", "equipment"] as const;
      for (const [index, row] of vague.entries()) {
        if (signal?.aborted) throw refused("stopped");
        row.purpose = kinds[index % 3] ?? "shared";
        row.judged = { eligibility: row.purpose as "shared", evidence: "user_purpose" };
        onProgress?.({ kind: "asked", done: index + 1, total: vague.length });
      }
      await desk.wait();
      desk.preflighted.set(organization, { judged: NOW, unasked: desk.options.unasked ?? null });
      desk.changed();
      return { ...eligibilitiesOf(members), judged: NOW, unasked: desk.options.unasked ?? null };
    },
    "users.preview": async ({ organization, from }, { onProgress, signal }) => {
      for (let read = 999; read < 4_000; read += 999) {
        await desk.wait();
        if (signal?.aborted) throw refused("stopped");
        onProgress?.({ kind: "read", read });
      }
      const isList = from.kind === "csv" || from.kind === "file";
      const lines = previewLines(isList);
      const count = (kind: PreviewLine["fate"]["kind"]) => lines.filter((line) => line.fate.kind === kind).length;
      const arriving: ImportPreview["arriving"] = {};
      for (const { fate, person: one } of lines) {
        if (fate.kind !== "added" || !one) continue;
        arriving[one.judged.eligibility] = (arriving[one.judged.eligibility] ?? 0) + 1;
      }
      const preview: ImportPreview = {
        organization,
        fates: {
          added: count("added"),
          here: count("here"),
          elsewhere: count("elsewhere"),
          duplicate: count("duplicate"),
          unknown: count("unknown"),
          no_address: count("no_address"),
        },
        arriving,
        list: isList
          ? { charset: "windows1252", separator: "semicolon", column: "E-mail", place: 2, lines: lines.length }
          : null,
        seal: "7",
      };
      dryRun = { preview, lines };
      return preview;
    },
    "users.preview_lines": ({ fate, search, offset, limit }) => {
      const all = dryRun?.lines ?? [];
      const wanted = search?.toLowerCase();
      const matching = all.filter(
        (line) =>
          (fate === null || line.fate.kind === fate) &&
          (!wanted ||
            `${line.written} ${line.person?.display_name} ${line.person?.upn}`.toLowerCase().includes(wanted)),
      );
      return { total: all.length, matching: matching.length, rows: matching.slice(offset, offset + limit) };
    },
    "users.preview_export": () => ({ text: "line,written,result\r\n" }),
    "users.import_shown": () => {
      const { added, here, elsewhere } = dryRun?.preview.fates ?? { added: 0, here: 0, elsewhere: 0 };
      dryRun = undefined;
      return {
        read: added + here + elsewhere,
        new: added,
        changed: 0,
        same: here,
        elsewhere,
        gone: 0,
        since: null,
        unmatched: ["nobody@contoso.example"],
      };
    },
    "users.import": async ({ from, anew }, { onProgress, signal }) => {
      const stopped = () => signal?.aborted === true;
      for (let read = 999; read < 10_000 && !stopped(); read += 999) {
        await desk.wait();
        onProgress?.({ kind: "imported", read, new: Math.floor(read / 3) });
      }
      return from.kind === "all" && !anew
        ? { read: 6, new: 2, changed: 3, same: 0, elsewhere: 0, gone: 1, since: NOW - 86_400_000, unmatched: [] }
        : { read: 9990, new: 3330, changed: 12, same: 6648, elsewhere: 0, gone: 0, since: null, unmatched: [] };
    },
  };
}

/** Moves some or all proposals from one list to another; answers how many. */
function moveProposals(users: string[] | null, from: Proposal[], to: Proposal[]): number {
  const moved = from.filter((one) => users === null || users.includes(one.object_id));
  from.splice(0, from.length, ...from.filter((one) => !moved.includes(one)));
  to.push(...moved);
  return moved.length;
}
