import { useQuery } from "@tanstack/react-query";
import { useEffect } from "react";
import type { CutOffPass } from "../../api/bindings";
import { call } from "../../api/client";
import { reading } from "../../api/queries";
import { useNotices } from "../../lib/notices";
import { t } from "../../words/t";

/** Tells which sync sessions the end of the program has cut off, and how far they had come. Each is told once, when the data is open. */
export function CutOffPasses(): null {
  const { isSuccess } = useQuery(reading("tenants.list", null));
  useEffect(() => {
    // Where they can't be read, the journal still has them.
    if (isSuccess) void call("sync.cut_off", null).then(tell, () => undefined);
  }, [isSuccess]);
  return null;
}

function tell(passes: readonly CutOffPass[]) {
  const { say } = useNotices.getState();
  for (const { organization_name, read, users } of passes) {
    say(
      "info",
      t("sessions.cutOff", { organization: organization_name }),
      t("sessions.cutOffBecause", { read, n: users }),
    );
  }
}
