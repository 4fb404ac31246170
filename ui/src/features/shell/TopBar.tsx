import {
  Button,
  makeStyles,
  Menu,
  MenuItem,
  MenuItemRadio,
  MenuList,
  MenuPopover,
  MenuTrigger,
  tokens,
} from "@fluentui/react-components";
import {
  BuildingRegular,
  ChevronDownRegular,
  PlugConnectedRegular,
  PlugDisconnectedRegular,
  SearchRegular,
} from "@fluentui/react-icons";
import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import type { TenantView } from "../../api/bindings";
import { reading } from "../../api/queries";
import { useChooseScope, useScope } from "../../api/scope";
import { t } from "../../words/t";
import { ActivityButton } from "./ActivityButton";

const useStyles = makeStyles({
  bar: {
    display: "flex",
    alignItems: "center",
    columnGap: "12px",
    height: "48px",
    flexShrink: 0,
    padding: "0 12px 0 20px",
    backgroundColor: tokens.colorNeutralBackground3,
  },
  name: { fontWeight: tokens.fontWeightSemibold, fontSize: tokens.fontSizeBase400, marginRight: "12px" },
  scope: { minWidth: "120px", maxWidth: "260px", justifyContent: "space-between", flexShrink: 1 },
  clip: { overflow: "hidden", textOverflow: "ellipsis", whiteSpace: "nowrap", fontWeight: tokens.fontWeightRegular },
  search: {
    flexGrow: 1,
    flexShrink: 1,
    minWidth: "140px",
    maxWidth: "440px",
    justifyContent: "start",
    color: tokens.colorNeutralForeground2,
    fontWeight: tokens.fontWeightRegular,
    margin: "0 auto",
  },
  kbd: {
    marginLeft: "auto",
    fontFamily: tokens.fontFamilyBase,
    fontSize: tokens.fontSizeBase200,
    color: tokens.colorNeutralForeground2,
  },
  chip: { maxWidth: "320px", flexShrink: 1, minWidth: "100px" },
});

/** Above everything: what one works on, the search box, who is connected, what is going on. */
export function TopBar({ onSearch }: { onSearch: () => void }) {
  const styles = useStyles();
  const tenants = useQuery(reading("tenants.list", null)).data;
  // Before there is a tenant there is nothing to choose, to find or to watch.
  if (tenants?.length === 0) {
    return (
      <header className={styles.bar}>
        <span className={styles.name}>{t("app.name")}</span>
      </header>
    );
  }
  return (
    <header className={styles.bar} data-region="top">
      <span className={styles.name}>{t("app.name")}</span>
      <ScopeSwitcher />
      <Button className={styles.search} icon={<SearchRegular />} onClick={onSearch} aria-keyshortcuts="Control+K">
        <span className={styles.clip}>{t("top.search")}</span>
        <kbd className={styles.kbd}>Ctrl+K</kbd>
      </Button>
      <ConnectionChip />
      <ActivityButton />
    </header>
  );
}

const EVERYTHING = "all";

function ScopeSwitcher() {
  const styles = useStyles();
  const { all, chosen } = useScope();
  const choose = useChooseScope();
  const navigate = useNavigate();
  const name = chosen?.organization.name ?? t("top.allOrganizations");
  return (
    <Menu
      checkedValues={{ org: [chosen ? String(chosen.organization.id) : EVERYTHING] }}
      onCheckedValueChange={(_, data) => {
        choose(all?.find((view) => String(view.organization.id) === data.checkedItems[0]));
      }}
    >
      <MenuTrigger disableButtonEnhancement>
        <Button className={styles.scope} icon={<BuildingRegular />} aria-label={t("top.scope", { name })}>
          <span className={styles.clip}>{name}</span>
          <ChevronDownRegular aria-hidden />
        </Button>
      </MenuTrigger>
      <MenuPopover>
        <MenuList>
          {(all?.length ?? 0) !== 1 && (
            <MenuItemRadio name="org" value={EVERYTHING}>
              {t("top.allOrganizations")}
            </MenuItemRadio>
          )}
          {all?.map(({ organization }) => (
            <MenuItemRadio key={organization.id} name="org" value={String(organization.id)}>
              {organization.name}
            </MenuItemRadio>
          ))}
          <MenuItem onClick={() => void navigate({ to: "/organizations", search: { create: true } })}>
            {t("top.newOrganization")}
          </MenuItem>
        </MenuList>
      </MenuPopover>
    </Menu>
  );
}

function ConnectionChip() {
  const styles = useStyles();
  const navigate = useNavigate();
  const { chosen } = useScope();
  const tenants = useQuery(reading("tenants.list", null)).data;
  if (!tenants || tenants.length === 0) return null;
  const shown = tenants.find(({ tenant }) => tenant.id === chosen?.organization.tenant) ?? onlyOne(tenants);
  const signedIn = shown ? shown.signed_in : tenants.every((view) => view.signed_in);
  const words = shown ? chipWords(shown) : t("top.tenants", { n: tenants.length });
  return (
    <Button
      appearance="subtle"
      className={styles.chip}
      icon={signedIn ? <PlugConnectedRegular /> : <PlugDisconnectedRegular />}
      title={words}
      onClick={() => void navigate({ to: "/settings", search: { tab: "tenants" } })}
    >
      <span className={styles.clip}>{words}</span>
    </Button>
  );
}

function onlyOne(tenants: readonly TenantView[]): TenantView | undefined {
  return tenants.length === 1 ? tenants[0] : undefined;
}

function chipWords({ tenant, signed_in, account }: TenantView): string {
  return signed_in ? `${tenant.name} · ${account ?? t("top.signedIn")}` : t("top.notSignedIn", { name: tenant.name });
}
