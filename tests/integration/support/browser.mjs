import { existsSync } from 'node:fs';

// Debian's; playwright-core does not include a browser.
const CHROMIUM = '/usr/bin/chromium';

// No sandbox, because CI runs as root in a container, and no background
// network traffic.
const ARGUMENTS = [
  '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run',
  '--disable-background-networking', '--disable-component-update',
  '--disable-sync',
];

/**
 * Starts headless Chromium with a temporary profile. Resolves with {browser},
 * or with {missing}: why it cannot start.
 */
export async function startBrowser() {
  if (!existsSync(CHROMIUM)) return { missing: `${CHROMIUM} does not exist` };
  const { chromium } = await import('playwright-core');
  try {
    return {
      browser: await chromium.launch(
          { executablePath: CHROMIUM, headless: true, args: ARGUMENTS }),
    };
  } catch (error) {
    const [why] = error.message.split('\n');
    return { missing: `Chromium does not start: ${why}` };
  }
}

/**
 * The contrast of each text to its background, by WCAG 2.2: [{text, ratio}],
 * lowest first. Runs in the page.
 */
export function contrastRatios() {
  const canvas = document.createElement('canvas').getContext('2d');
  const rgba = (color) => {
    canvas.clearRect(0, 0, 1, 1);
    canvas.fillStyle = color;
    canvas.fillRect(0, 0, 1, 1);
    return [...canvas.getImageData(0, 0, 1, 1).data];
  };
  const luminance = (color) => {
    const [r, g, b] = rgba(color).map((value) => {
      const part = value / 255;
      return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const backgroundOf = (element) => {
    for (let at = element; at; at = at.parentElement) {
      const color = getComputedStyle(at).backgroundColor;
      if (rgba(color)[3] === 255) return color;
    }
    return 'white';
  };
  const found = [];
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const element = texts.currentNode.parentElement;
    const text = texts.currentNode.textContent.trim();
    if (!text || !element.checkVisibility() || element.closest('title')) {
      continue;
    }
    const style = getComputedStyle(element);
    const color = element instanceof SVGElement ? style.fill : style.color;
    const [dark, light] = [luminance(color), luminance(backgroundOf(element))]
        .sort((a, b) => a - b);
    found.push({ text, ratio: (light + 0.05) / (dark + 0.05) });
  }
  return found.sort((a, b) => a.ratio - b.ratio);
}
