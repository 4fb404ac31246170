import {
  Button,
  Dialog,
  DialogActions,
  DialogBody,
  DialogContent,
  DialogSurface,
  DialogTitle,
  Field,
  Input,
  makeStyles,
  Menu,
  MenuDivider,
  MenuGroup,
  MenuGroupHeader,
  MenuItem,
  MenuItemRadio,
  MenuList,
  MenuPopover,
  MenuTrigger,
} from "@fluentui/react-components";
import { BookmarkRegular } from "@fluentui/react-icons";
import { useState } from "react";
import type { View } from "../api/bindings";
import { copy } from "../lib/clipboard";
import { useNotices } from "../lib/notices";
import { t } from "../words/t";
import { ReasonedButton } from "./CommandBar";
import { ErrorBar, type Failure } from "./ErrorBar";
import { FormDialog } from "./FormDialog";
import { invalid } from "./invalid";

const useStyles = makeStyles({
  content: { display: "flex", flexDirection: "column", rowGap: "12px" },
  list: { listStyle: "none", margin: 0, padding: 0, display: "flex", flexDirection: "column", rowGap: "8px" },
  line: { display: "flex", alignItems: "end", columnGap: "8px" },
  name: { flexGrow: 1 },
});

type Props = {
  /** Names of the views that come with the list. */
  readonly builtIn: readonly string[];
  readonly saved: readonly View[];
  /** The name of the one that is on screen. */
  readonly current: string | undefined;
  /** What is on screen as text that opens it elsewhere. */
  readonly link: string;
  readonly onOpenBuiltIn: (name: string) => void;
  readonly onOpen: (view: View) => void;
  readonly onSave: (name: string, before: string | undefined) => Promise<unknown>;
  readonly onRename: (view: View, name: string) => Promise<unknown>;
  readonly onRemove: (name: string) => Promise<unknown>;
  /** What a thrown value says to the reader. */
  readonly failureOf: (thrown: unknown) => Failure;
};

/** Views of a list: opened, saved, renamed, deleted, and handed on as a link. */
export function ViewsMenu(props: Props) {
  const { builtIn, saved, current, link } = props;
  const [open, setOpen] = useState<"save" | "manage">();
  const say = useNotices((notices) => notices.say);
  const copyLink = async () => {
    if (await copy(link)) say("success", t("views.copied"), link);
    else say("error", t("views.notCopied"), link);
  };
  const choose = (name: string) => {
    const view = saved.find((one) => one.name === name);
    if (view) props.onOpen(view);
    else props.onOpenBuiltIn(name);
  };
  return (
    <>
      <Menu
        checkedValues={{ view: current === undefined ? [] : [current] }}
        onCheckedValueChange={(_, { checkedItems }) => checkedItems[0] !== undefined && choose(checkedItems[0])}
      >
        <MenuTrigger disableButtonEnhancement>
          <Button appearance="subtle" icon={<BookmarkRegular />}>
            {current === undefined ? t("views.button") : t("views.current", { name: current })}
          </Button>
        </MenuTrigger>
        <MenuPopover>
          <MenuList>
            {builtIn.length > 0 && (
              <MenuGroup>
                <MenuGroupHeader>{t("views.builtIn")}</MenuGroupHeader>
                {builtIn.map((name) => (
                  <MenuItemRadio key={name} name="view" value={name}>
                    {name}
                  </MenuItemRadio>
                ))}
              </MenuGroup>
            )}
            {saved.length > 0 && (
              <MenuGroup>
                <MenuGroupHeader>{t("views.saved")}</MenuGroupHeader>
                {saved.map(({ name }) => (
                  <MenuItemRadio key={name} name="view" value={name}>
                    {name}
                  </MenuItemRadio>
                ))}
              </MenuGroup>
            )}
            {builtIn.length + saved.length > 0 && <MenuDivider />}
            <MenuItem onClick={() => setOpen("save")}>{t("views.save")}</MenuItem>
            {saved.length > 0 && <MenuItem onClick={() => setOpen("manage")}>{t("views.manage")}</MenuItem>}
            <MenuItem onClick={() => void copyLink()}>{t("views.copy")}</MenuItem>
          </MenuList>
        </MenuPopover>
      </Menu>
      {open === "save" && <SaveDialog {...props} onClose={() => setOpen(undefined)} />}
      {open === "manage" && <ManageDialog {...props} onClose={() => setOpen(undefined)} />}
    </>
  );
}

type DialogProps = Props & { readonly onClose: () => void };

function SaveDialog({ builtIn, saved, onSave, failureOf, onClose }: DialogProps) {
  const [name, setName] = useState("");
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<Failure>();
  const before = saved.find((view) => isSameName(view.name, name))?.name;
  const taken = builtIn.some((one) => isSameName(one, name));
  const reason = name.trim() === "" ? t("form.required") : taken ? t("views.taken") : undefined;
  const save = async () => {
    setBusy(true);
    try {
      await onSave(name.trim(), before);
      onClose();
    } catch (thrown) {
      setFailure(failureOf(thrown));
      setBusy(false);
    }
  };
  return (
    <FormDialog
      title={t("views.saveTitle")}
      action={t(before === undefined ? "views.saveAction" : "views.replaceAction")}
      busy={busy}
      disabledReason={reason}
      onSubmit={() => void save()}
      onEdit={() => setFailure(undefined)}
      onClose={onClose}
    >
      <span>{t("views.saveBody")}</span>
      <Field
        label={t("views.name")}
        required
        {...(before !== undefined
          ? { validationState: "warning" as const, validationMessage: t("views.replaces") }
          : invalid(taken, t("views.taken")))}
      >
        <Input value={name} onChange={(_, data) => setName(data.value)} />
      </Field>
      {failure && <ErrorBar failure={failure} />}
    </FormDialog>
  );
}

function ManageDialog({ saved, onRename, onRemove, failureOf, onClose }: DialogProps) {
  const styles = useStyles();
  const [names, setNames] = useState<Readonly<Record<string, string>>>({});
  const [failure, setFailure] = useState<Failure>();
  const attempt = async (doing: () => Promise<unknown>) => {
    setFailure(undefined);
    try {
      await doing();
    } catch (thrown) {
      setFailure(failureOf(thrown));
    }
  };
  return (
    <Dialog open onOpenChange={(_, data) => !data.open && onClose()}>
      <DialogSurface>
        <DialogBody>
          <DialogTitle>{t("views.manageTitle")}</DialogTitle>
          <DialogContent className={styles.content}>
            {saved.length === 0 && <span>{t("views.none")}</span>}
            <ul className={styles.list} aria-label={t("views.saved")}>
              {saved.map((view) => {
                const typed = names[view.name] ?? view.name;
                const same = typed.trim() === view.name || typed.trim() === "";
                return (
                  <li key={view.name} className={styles.line}>
                    <Field className={styles.name} label={t("views.nameOf", { name: view.name })}>
                      <Input value={typed} onChange={(_, data) => setNames({ ...names, [view.name]: data.value })} />
                    </Field>
                    <ReasonedButton
                      disabledReason={same ? t("syncing.same") : undefined}
                      onClick={() => void attempt(() => onRename(view, typed.trim()))}
                    >
                      {t("views.rename")}
                    </ReasonedButton>
                    <Button
                      aria-label={t("views.removeOf", { name: view.name })}
                      onClick={() => void attempt(() => onRemove(view.name))}
                    >
                      {t("views.remove")}
                    </Button>
                  </li>
                );
              })}
            </ul>
            {failure && <ErrorBar failure={failure} />}
          </DialogContent>
          <DialogActions>
            <Button appearance="primary" onClick={onClose}>
              {t("act.close")}
            </Button>
          </DialogActions>
        </DialogBody>
      </DialogSurface>
    </Dialog>
  );
}

function isSameName(a: string, b: string): boolean {
  return a.trim().toLowerCase() === b.trim().toLowerCase();
}
