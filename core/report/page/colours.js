// colours.js: a colour for each label, in light and dark.

const darkScheme = matchMedia('(prefers-color-scheme: dark)');
let printing = false;

function isDark() {
  return darkScheme.matches && !printing;
}

// OKLCH to 8-bit sRGB. Source: Björn Ottosson's OKLab.
function fromOklch(lightness, chroma, hue) {
  const a = chroma * Math.cos(hue);
  const b = chroma * Math.sin(hue);
  const l = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const m = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const s = (lightness - 0.0894841775 * a - 1.291485548 * b) ** 3;
  const linear = [
    4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s,
    -1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s,
    -0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s,
  ];
  return linear.map((value) => {
    const bounded = Math.min(1, Math.max(0, value));
    return Math.round(255 * (bounded <= 0.0031308 ? 12.92 * bounded : 1.055 * bounded ** (1 / 2.4) - 0.055));
  });
}

// Neighbours by name get hues that lie far apart: by the golden angle.
function colourOfLabel(at) {
  const lightness = isDark() ? [0.78, 0.66, 0.72] : [0.56, 0.68, 0.48];
  const chroma = isDark() ? 0.13 : 0.15;
  return fromOklch(lightness[at % 3], chroma, (at * 137.508 + 30) * Math.PI / 180);
}

function cssColour([red, green, blue]) {
  return `rgb(${red} ${green} ${blue})`;
}

// As ImageData holds it, little-endian.
function packed([red, green, blue], alpha = 255) {
  return (alpha << 24 | blue << 16 | green << 8 | red) >>> 0;
}

function cssVariable(property) {
  return getComputedStyle(document.documentElement).getPropertyValue(property).trim();
}
