import type { ListRead, Remark, RequiredPermission } from "./bindings";
import { allowing, atBrowser, type Desk, refused, type Verbs } from "./fakeDesk";
import { guid, limitations, needed, NOW, tenant } from "./fakeWorld";

/** What is asked of tenants, and of the integrations that they hold. */
export function integrationVerbs(desk: Desk): Verbs {
  return {
    "tenants.list": () =>
      desk.started
        ? [
            {
              tenant,
              signed_in: !desk.options.signedOut,
              account: desk.options.signedOut ? null : "admin@contoso.example",
            },
          ]
        : [],
    "tenants.sign_in": async (_, { onProgress, signal }) => {
      if (desk.options.notKept !== undefined) onProgress?.({ kind: "not_kept", reason: desk.options.notKept });
      const page = atBrowser({ kind: "sign_in" }, "http://localhost:4000/to/1");
      onProgress?.(page);
      if (desk.options.unopened) onProgress?.({ ...page, opened: false });
      for (let turn = 0; turn < 100; turn += 1) {
        await desk.wait();
        if (signal?.aborted) throw refused("sign_in_cancelled");
      }
      return { account: "admin@contoso.example", tenant, kept: { kind: "keychain" } };
    },
    "tenants.allow": async ({ scopes }, { onProgress }) => {
      onProgress?.(allowing(scopes));
      await desk.options.consented;
      return { account: "admin@contoso.example", tenant, kept: { kind: "keychain" } };
    },
    "tenants.add": () => tenant,
    "practice.open": () => {
      desk.started = true;
      return { tenant, integration: integration() };
    },
    "integrations.list": () =>
      desk.started ? [{ integration: integration(), secret: "keychain", organizations: 3, limitations }] : [],
    "integrations.set_secret": () => ({ proven: true, kept: { kind: "keychain" } }),
    "integrations.read_list": ({ text }) => readList(text),
    "integrations.from_registration": ({ client_id }) =>
      client_id === guid(404)
        ? { registered: "elsewhere", display_name: "Somebody Else's App" }
        : {
            registered: "here",
            display_name: "Invoice Scanner",
            list: { name: null, permissions: needed, remarks: [] },
          },
    "integrations.export": () => ({ name: "Revenue Grid", text: JSON.stringify({ permissions: needed }, null, 2) }),
    "presets.list": () => [
      {
        preset: "revenue-grid",
        permissions: needed,
        limitations,
        vendor: "Revenue Grid",
        requirements: [
          { what: "The vendor's servers are let through the firewall.", how_to_check: { by: "hand" } },
          {
            what: "Conditional access lets the application pass.",
            how_to_check: { by: "rollcall", check: "conditional_access" },
          },
        ],
      },
    ],
  };
}

export function integration() {
  return {
    id: 1,
    tenant: 1,
    name: "Revenue Grid",
    client_id: guid(3),
    preset: "revenue-grid" as const,
    permissions: needed,
    created: NOW,
  };
}

/** As far as the real one goes for lines of a name and a type. */
function readList(text: string): ListRead {
  const known = new Map(needed.map((wanted) => [wanted.name.toLowerCase(), wanted]));
  const permissions: RequiredPermission[] = [];
  const remarks: Remark[] = [];
  if (text.trimStart().startsWith("{")) {
    const read = JSON.parse(text) as { permissions: RequiredPermission[] };
    return { asked: { tenant: "not_needed" }, name: null, permissions: read.permissions, remarks: [] };
  }
  for (const [index, line] of text.split("\n").entries()) {
    const [name] = line.trim().split(/\s+/);
    const place = { in: "line", number: index + 1 } as const;
    const wanted = known.get((name ?? "").toLowerCase());
    if (wanted) permissions.push(wanted);
    else if (name) remarks.push({ place, text: name, refused: true, said: "unknown", nearest: "Mail.ReadWrite" });
  }
  return { asked: { tenant: "not_needed" }, name: null, permissions, remarks };
}
