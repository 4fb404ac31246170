import {
  Button,
  makeStyles,
  Menu,
  MenuItem,
  MenuItemRadio,
  MenuList,
  MenuPopover,
  MenuTrigger,
  mergeClasses,
  SearchBox,
  tokens,
} from "@fluentui/react-components";
import { DismissRegular, FilterAddRegular, FilterRegular } from "@fluentui/react-icons";
import { type ReactNode, useEffect, useState } from "react";
import { t } from "../words/t";

const useStyles = makeStyles({
  row: { display: "flex", alignItems: "center", flexWrap: "wrap", columnGap: "8px", rowGap: "8px", minHeight: "32px" },
  pill: { borderRadius: tokens.borderRadiusCircular, fontWeight: tokens.fontWeightRegular },
  set: { backgroundColor: tokens.colorBrandBackground2, color: tokens.colorBrandForeground2 },
  search: { width: "250px", maxWidth: "100%" },
  count: {
    color: tokens.colorNeutralForeground2,
    fontSize: tokens.fontSizeBase200,
    fontVariantNumeric: "tabular-nums",
    whiteSpace: "nowrap",
  },
  spring: { flexGrow: 1 },
});

/** The row of filters above a grid; `count` says how many match of how many. */
export function FilterRow({ children, count }: { children: ReactNode; count: string | undefined }) {
  const styles = useStyles();
  return (
    <search className={styles.row} data-region="filters" aria-label={t("filter.region")}>
      {children}
      <span className={styles.spring} />
      <span className={styles.count} role="status">
        {count}
      </span>
    </search>
  );
}

type FilterProps<Value extends string> = {
  readonly label: string;
  readonly options: ReadonlyArray<{ readonly value: Value; readonly word: string }>;
  readonly value: Value | undefined;
  readonly onChange: (value: Value | undefined) => void;
};

/** One filter: a pill that opens its values, and takes itself off again. */
export function Filter<Value extends string>({ label, options, value, onChange }: FilterProps<Value>) {
  const styles = useStyles();
  const chosen = options.find((option) => option.value === value);
  return (
    <span>
      <Menu
        checkedValues={{ value: chosen ? [chosen.value] : [] }}
        onCheckedValueChange={(_, data) => {
          const picked = options.find((option) => option.value === data.checkedItems[0]);
          if (picked) onChange(picked.value);
        }}
      >
        <MenuTrigger disableButtonEnhancement>
          <Button
            size="small"
            className={mergeClasses(styles.pill, chosen && styles.set)}
            icon={chosen ? <FilterRegular /> : null}
          >
            {chosen ? t("filter.set", { label, value: chosen.word }) : label}
          </Button>
        </MenuTrigger>
        <MenuPopover>
          <MenuList>
            {options.map((option) => (
              <MenuItemRadio key={option.value} name="value" value={option.value}>
                {option.word}
              </MenuItemRadio>
            ))}
          </MenuList>
        </MenuPopover>
      </Menu>
      {chosen && (
        <Button
          size="small"
          appearance="subtle"
          shape="circular"
          icon={<DismissRegular />}
          aria-label={t("filter.remove", { label })}
          onClick={() => onChange(undefined)}
        />
      )}
    </span>
  );
}

/** A filter of whatever values, among others. */
export type AnyFilter = FilterProps<string>;

/** The same filter, of which the type of its values is forgotten. */
export function anyFilter<Value extends string>({ label, options, value, onChange }: FilterProps<Value>): AnyFilter {
  return {
    label,
    options,
    value,
    onChange: (wanted) => onChange(options.find((option) => option.value === wanted)?.value),
  };
}

/** Filters that are used less often: those that are set stand in the row, the others behind one pill. */
export function MoreFilters({ filters }: { filters: readonly AnyFilter[] }) {
  const styles = useStyles();
  const isSet = ({ options, value }: AnyFilter) => options.some((option) => option.value === value);
  const rest = filters.filter((filter) => !isSet(filter));
  return (
    <>
      {filters.filter(isSet).map((filter) => (
        <Filter key={filter.label} {...filter} />
      ))}
      {rest.length > 0 && (
        <Menu>
          <MenuTrigger disableButtonEnhancement>
            <Button size="small" className={styles.pill} icon={<FilterAddRegular />}>
              {t("filter.more")}
            </Button>
          </MenuTrigger>
          <MenuPopover>
            <MenuList>
              {rest.map(({ label, options, onChange }) => (
                <Menu
                  key={label}
                  checkedValues={{ value: [] }}
                  onCheckedValueChange={(_, data) => onChange(data.checkedItems[0])}
                >
                  <MenuTrigger disableButtonEnhancement>
                    <MenuItem>{label}</MenuItem>
                  </MenuTrigger>
                  <MenuPopover>
                    <MenuList>
                      {options.map((option) => (
                        <MenuItemRadio key={option.value} name="value" value={option.value}>
                          {option.word}
                        </MenuItemRadio>
                      ))}
                    </MenuList>
                  </MenuPopover>
                </Menu>
              ))}
            </MenuList>
          </MenuPopover>
        </Menu>
      )}
    </>
  );
}

/** Takes all filters off. */
export function ClearFilters({ onClear }: { onClear: () => void }) {
  return (
    <Button size="small" appearance="transparent" onClick={onClear}>
      {t("filter.clear")}
    </Button>
  );
}

/** The text filter of a page. Typing is passed on when it pauses, so that each key doesn't ask the database. */
export function TextFilter({
  label,
  value,
  onChange,
}: {
  label: string;
  value: string;
  onChange: (value: string) => void;
}) {
  const styles = useStyles();
  const [typed, setTyped] = useState(value);
  const [seen, setSeen] = useState(value);
  if (seen !== value) {
    setSeen(value);
    setTyped(value);
  }
  useEffect(() => {
    if (typed === value) return;
    const timer = setTimeout(() => onChange(typed), 120);
    return () => clearTimeout(timer);
  }, [typed, value, onChange]);
  return (
    <SearchBox
      className={styles.search}
      size="small"
      data-filter-box
      aria-label={label}
      placeholder={label}
      value={typed}
      onChange={(_, data) => setTyped(data.value)}
    />
  );
}
