import {
  Button,
  Dialog,
  DialogActions,
  DialogBody,
  DialogContent,
  DialogSurface,
  DialogTitle,
  makeStyles,
  tokens,
} from "@fluentui/react-components";
import { t } from "../../words/t";
import { shortcuts } from "./keys";

const useStyles = makeStyles({
  list: { display: "grid", gridTemplateColumns: "max-content 1fr", columnGap: "24px", rowGap: "8px", margin: 0 },
  keys: { fontFamily: tokens.fontFamilyMonospace, fontSize: tokens.fontSizeBase200 },
  does: { margin: 0 },
});

/** Every shortcut, on one sheet. */
export function ShortcutList({ onClose }: { onClose: () => void }) {
  const styles = useStyles();
  return (
    <Dialog open onOpenChange={(_, data) => !data.open && onClose()}>
      <DialogSurface>
        <DialogBody>
          <DialogTitle>{t("keys.title")}</DialogTitle>
          <DialogContent>
            <dl className={styles.list}>
              {shortcuts.map(({ keys, does }) => (
                <div key={keys} style={{ display: "contents" }}>
                  <dt className={styles.keys}>{keys}</dt>
                  <dd className={styles.does}>{t(does)}</dd>
                </div>
              ))}
            </dl>
          </DialogContent>
          <DialogActions>
            <Button onClick={onClose}>{t("keys.close")}</Button>
          </DialogActions>
        </DialogBody>
      </DialogSurface>
    </Dialog>
  );
}
