import {
  Link,
  Toast,
  ToastBody,
  Toaster,
  ToastFooter,
  ToastTitle,
  useId,
  useToastController,
} from "@fluentui/react-components";
import { useEffect } from "react";
import { useNotices } from "../../lib/notices";

/** Shows each short message once. */
export function Notices() {
  const toasterId = useId("notices");
  const { dispatchToast } = useToastController(toasterId);
  const all = useNotices((notices) => notices.all);
  const drop = useNotices((notices) => notices.drop);
  useEffect(() => {
    for (const notice of all) {
      drop(notice.id);
      dispatchToast(
        <Toast>
          <ToastTitle>{notice.title}</ToastTitle>
          {notice.body !== undefined && <ToastBody>{notice.body}</ToastBody>}
          {notice.way && (
            <ToastFooter>
              <Link onClick={notice.way.go}>{notice.way.label}</Link>
            </ToastFooter>
          )}
        </Toast>,
        // What leads on has to be reached in time, too.
        { intent: notice.tone, timeout: notice.tone === "error" || notice.way ? 10_000 : 5000, pauseOnHover: true },
      );
    }
  }, [all, drop, dispatchToast]);
  return <Toaster toasterId={toasterId} position="bottom-end" />;
}
