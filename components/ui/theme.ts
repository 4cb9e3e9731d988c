import { type CSSVariablesResolver, createTheme, type MantineColorsTuple } from "@mantine/core";

const accent: MantineColorsTuple = [
  "#E9EFFD",
  "#D2DEFB",
  "#AFC4F6",
  "#8FB0FF",
  "#5F86F0",
  "#3E6CEB",
  "#2B59D9",
  "#2148B5",
  "#1B3A92",
  "#142B6C",
];
const gray: MantineColorsTuple = [
  "#F7F8FA",
  "#F1F3F6",
  "#EDF0F4",
  "#E3E7EC",
  "#CDD3DC",
  "#A4ADB9",
  "#808A99",
  "#5F6979",
  "#434D5C",
  "#141922",
];
const dark: MantineColorsTuple = [
  "#E8EBF1",
  "#B3BCC9",
  "#8D98A8",
  "#667182",
  "#37404D",
  "#242B35",
  "#1C222B",
  "#13171E",
  "#0D1015",
  "#0A0D11",
];

/** The library's close button has no name, and its header would be a second banner of the page. */
const overlayNames = {
  closeButtonProps: { "aria-label": "Close" },
  attributes: { header: { role: "presentation" } },
};

/** The component library's theme; sizes and edges that it cannot express are in mantine.css. */
export const theme = createTheme({
  colors: { accent, gray, dark },
  primaryColor: "accent",
  primaryShade: { light: 6, dark: 5 },
  defaultRadius: "6px",
  cursorType: "pointer",
  respectReducedMotion: true,
  fontFamily: "var(--lw-font)",
  fontFamilyMonospace: "var(--lw-font-mono)",
  fontSizes: { xs: "11px", sm: "12px", md: "13px", lg: "15px", xl: "20px" },
  lineHeights: { xs: "16px", sm: "16px", md: "20px", lg: "22px", xl: "28px" },
  spacing: { xs: "4px", sm: "8px", md: "14px", lg: "16px", xl: "24px" },
  radius: { xs: "4px", sm: "6px", md: "6px", lg: "8px", xl: "8px" },
  headings: {
    fontWeight: "600",
    sizes: {
      h1: { fontSize: "20px", lineHeight: "28px" },
      h2: { fontSize: "15px", lineHeight: "22px" },
      h3: { fontSize: "13px", lineHeight: "20px" },
    },
  },
  components: {
    Modal: { defaultProps: { radius: "8px", transitionProps: { duration: 120 }, ...overlayNames } },
    Drawer: { defaultProps: { transitionProps: { duration: 120 }, ...overlayNames } },
    Popover: { defaultProps: { radius: "8px", shadow: "var(--lw-shadow)", transitionProps: { duration: 120 } } },

    Menu: { defaultProps: { radius: "8px", shadow: "var(--lw-shadow)", transitionProps: { duration: 120 } } },
    Tooltip: { defaultProps: { openDelay: 200, transitionProps: { duration: 120 } } },
  },
});

const semantic = {
  "--mantine-color-body": "var(--lw-canvas)",
  "--mantine-color-default": "var(--lw-surface)",
  "--mantine-color-default-hover": "var(--lw-hover)",
  "--mantine-color-default-border": "var(--lw-line-strong)",
  "--mantine-color-default-color": "var(--lw-text)",
  "--mantine-color-text": "var(--lw-text)",
  "--mantine-color-dimmed": "var(--lw-text-quiet)",
  "--mantine-color-placeholder": "var(--lw-text-quiet)",
  "--mantine-color-error": "var(--lw-missed-text)",
  "--mantine-color-anchor": "var(--lw-accent-text)",
  "--mantine-color-disabled": "var(--lw-hover)",
  "--mantine-color-disabled-color": "var(--lw-text-quiet)",
  "--mantine-color-disabled-border": "var(--lw-line)",
  "--mantine-color-accent-filled": "var(--lw-accent-fill)",
  "--mantine-color-accent-light": "var(--lw-accent-soft)",
  "--mantine-color-accent-light-hover": "var(--lw-accent-soft)",
  "--mantine-color-accent-light-color": "var(--lw-accent-text)",
  "--mantine-color-accent-outline": "var(--lw-accent-line)",
};

/** Maps the library's semantic variables to the theme's roles, because its defaults use other steps of the tuples. */
export const cssVariablesResolver: CSSVariablesResolver = () => ({
  variables: {},
  light: { ...semantic, "--mantine-color-accent-filled-hover": "var(--lw-accent-hover)" },
  // White text on the dark hover colour would have too little contrast: the hover is an edge there.
  dark: { ...semantic, "--mantine-color-accent-filled-hover": "var(--lw-accent-fill)" },
});
