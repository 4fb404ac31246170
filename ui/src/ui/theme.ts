import { type Theme, webDarkTheme, webLightTheme } from "@fluentui/react-components";

/** Colours of a state, chosen so that each keeps 4.5:1 on the page, on a hovered row and on a selected one. */
const stateColours = {
  light: {
    stateGood: webLightTheme.colorStatusSuccessForeground1,
    stateWorking: webLightTheme.colorBrandForeground1,
    stateWaiting: webLightTheme.colorNeutralForeground2,
    stateAttention: webLightTheme.colorStatusWarningForeground2,
    stateBad: webLightTheme.colorStatusDangerForeground1,
    stateOff: webLightTheme.colorNeutralForeground3,
  },
  dark: {
    // The first success and danger foregrounds and the brand foreground fall below 4.5:1 on a dark row that is hovered or selected.
    stateGood: webDarkTheme.colorStatusSuccessForeground3,
    stateWorking: webDarkTheme.colorBrandForeground2Hover,
    stateWaiting: webDarkTheme.colorNeutralForeground2,
    stateAttention: webDarkTheme.colorStatusWarningForeground1,
    stateBad: webDarkTheme.colorStatusDangerForeground3,
    stateOff: webDarkTheme.colorNeutralForeground3,
  },
} as const;

export type StateColour = keyof (typeof stateColours)["light"];
export type RollcallTheme = Theme & Readonly<Record<StateColour, string>>;

// Segoe UI may not be shipped with the app; where it isn't installed the system's own face stands in.
const fonts = {
  fontFamilyBase: "'Segoe UI Variable Text', 'Segoe UI', system-ui, -apple-system, 'Noto Sans', sans-serif",
  fontFamilyMonospace: "Consolas, 'Cascadia Mono', 'SF Mono', 'DejaVu Sans Mono', monospace",
};

export const lightTheme: RollcallTheme = { ...webLightTheme, ...fonts, ...stateColours.light };
export const darkTheme: RollcallTheme = { ...webDarkTheme, ...fonts, ...stateColours.dark };

/** The CSS value of a state's colour. */
export function stateColour(name: StateColour): string {
  return `var(--${name})`;
}
