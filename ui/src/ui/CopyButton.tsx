import { Button, Tooltip } from "@fluentui/react-components";
import { CheckmarkRegular, CopyRegular } from "@fluentui/react-icons";
import { useEffect, useState } from "react";
import { copy } from "../lib/clipboard";
import { t } from "../words/t";

type Props = {
  /** What lands on the clipboard. */
  readonly text: string;
  /** What it is, for the tooltip and for screen readers: "Copy request ID". */
  readonly label: string;
  /** Shows the label beside the icon. */
  readonly labelled?: boolean;
};

/** Copies one thing and says for a moment that it did. */
export function CopyButton({ text, label, labelled }: Props) {
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    if (!copied) return;
    const timer = setTimeout(() => setCopied(false), 1500);
    return () => clearTimeout(timer);
  }, [copied]);
  const button = (
    <Button
      appearance={labelled ? "secondary" : "subtle"}
      size="small"
      icon={copied ? <CheckmarkRegular /> : <CopyRegular />}
      aria-label={label}
      onClick={() => void copy(text).then(setCopied)}
    >
      {labelled ? (copied ? t("copy.done") : label) : null}
    </Button>
  );
  if (labelled) return button;
  return (
    <Tooltip content={copied ? t("copy.done") : label} relationship="label">
      {button}
    </Tooltip>
  );
}
