// samples.js: small photos of each label, cut from one picture, samples.webp; of taught labels, the
// thumbnails on the device.

import {request} from './download.js';
import {drawSquare, make} from './elements.js';
import {description} from './loading.js';
import * as store from './store.js';

let picture;  // a promise of {bitmap, tile, columns}

async function load() {
  const {samples} = await description;
  const response = await request(samples.path, 'default');
  return {...samples, bitmap: await createImageBitmap(await response.blob())};
}

async function tilesOf(label) {
  const {labels, samples} = await description;
  return samples.path && labels.find((each) => each.label === label)?.samples || [];
}

function drawTile(canvas, {bitmap, tile, columns}, number, side) {
  const pixels = Math.round(side * Math.min(2, devicePixelRatio || 1));
  canvas.width = canvas.height = pixels;
  const context = canvas.getContext('2d');
  context.imageSmoothingQuality = 'high';
  context.drawImage(bitmap, number % columns * tile, Math.floor(number / columns) * tile, tile, tile, 0, 0, pixels, pixels);
}

// Fills `box` with at most `most` small photos of a label; leaves it empty where there are none.
async function fill(box, label, most, side) {
  const numbers = (await tilesOf(label)).slice(0, most);
  const canvases = () => {
    const canvas = make('canvas', {class: 'thumbnail', width: 1, height: 1});
    canvas.style.width = canvas.style.height = `${side}px`;
    box.append(canvas);
    return canvas;
  };
  if (numbers.length) {
    picture ??= load().catch((error) => {
      picture = undefined;  // the next answer tries again
      throw error;
    });
    const sprite = await picture;
    for (const number of numbers) drawTile(canvases(), sprite, number, side);
    return;
  }
  const blobs = (await store.get('pictures', label).catch(() => null)) ?? [];
  for (const blob of blobs.slice(0, most)) {
    const bitmap = await createImageBitmap(blob);
    drawSquare(canvases(), bitmap, side);
    bitmap.close();
  }
}

// A box of small photos of a label, filled as they arrive. `spoken`: what it shows, for those who do
// not see it; '' where the label stands beside it.
export function samplesOf(label, {most, side, spoken = ''}) {
  const attributes = spoken ? {role: 'img', 'aria-label': spoken} : {'aria-hidden': 'true'};
  const box = make('span', {class: 'samples', ...attributes});
  fill(box, label, most, side).catch(() => box.classList.add('missing'));
  return box;
}
