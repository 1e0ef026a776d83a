// photo.js: a photo's upright pixels, equal to the byte to those of the program (docs/numerics.md).
//
// The browser decodes, without converting colours, and is never asked to resize: its resizes differ
// from ours, and features of such pixels differ from those that the classifier learned.

import {readHeader} from './header.js';
import {turn} from './orientation.js';

export const MOST_PIXELS = 100e6;
export const MOST_BYTES = 128 * 2 ** 20;
const STRIP = 2 ** 22;      // pixels: phones refuse canvases of more than 16 million
const PREVIEW = 1080;       // pixels a side, at most, of what the page shows
const THUMBNAIL = 192;

// A photo that gets no answer: `code` is a key of text/en.js, `values` are what that text names.
export class PhotoError extends Error {
  constructor(code, values = {}) {
    super(code);
    this.code = code;
    this.values = values;
  }
}

// Shape:  {pixels: Uint8ClampedArray (height, width, RGBA), width, height}.
// Errors: PhotoError for what is no photo, damaged or too large.
// Cost:   4 bytes a pixel twice: the browser's bitmap and the pixels.
export async function decodePhoto(blob) {
  if (blob instanceof ImageBitmap) return pixelsOf(blob);
  if (blob.size > MOST_BYTES) throw new PhotoError('photo.bytes', {bytes: blob.size, most: MOST_BYTES});
  const header = readHeader(new Uint8Array(await blob.arrayBuffer()));
  checkSize(header.width, header.height);
  const bitmap = await bitmapOf(blob, header);
  checkSize(bitmap.width, bitmap.height);
  const photo = pixelsOf(bitmap);
  bitmap.close();
  return turn(photo, await browserTurns(header) ? 1 : header.orientation);
}

function checkSize(width, height) {
  if (!(width * height > MOST_PIXELS)) return;
  throw new PhotoError('photo.pixels', {megapixels: Math.round(width * height / 1e6), most: MOST_PIXELS / 1e6});
}

async function bitmapOf(blob, {format}) {
  try {
    return await createImageBitmap(blob, {colorSpaceConversion: 'none'});
  } catch {
    throw new PhotoError(format === 'other' ? 'photo.unreadable' : 'photo.damaged');
  }
}

// In strips, so that no canvas is as large as the photo.
function pixelsOf(bitmap) {
  const {width, height} = bitmap;
  const strip = Math.max(1, Math.min(height, Math.floor(STRIP / width)));
  try {
    const pixels = new Uint8ClampedArray(4 * width * height);
    const context = new OffscreenCanvas(width, strip).getContext('2d', {willReadFrequently: true});
    context.globalCompositeOperation = 'copy';  // nothing of the strip before shows through
    context.imageSmoothingEnabled = false;
    for (let top = 0; top < height; top += strip) {
      const rows = Math.min(strip, height - top);
      context.drawImage(bitmap, 0, top, width, rows, 0, 0, width, rows);
      pixels.set(context.getImageData(0, 0, width, rows).data, 4 * width * top);
    }
    return {pixels, width, height};
  } catch {
    throw new PhotoError('photo.memory');
  }
}

// Photos of one pixel by two whose EXIF asks for a quarter turn.
const PROBES = {
  webp: 'UklGRlIAAABXRUJQVlA4WAoAAAAIAAAAAQAAAAAAVlA4TBEAAAAvAQAAAAdQ5CrUo/+BiOh/AABFWElGGgAAAE1NACoAAAAIAAEBEgADAAAAAQAGAAAAAAAA',
  png: 'iVBORw0KGgoAAAANSUhEUgAAAAIAAAABCAIAAAB7QOjdAAAAGmVYSWZNTQAqAAAACAABARIAAwAAAAEABgAAAAAAANZnS2kAAAAPSURBVHicY+Q6IcfAwAAABKoA8sjc/r0AAAAASUVORK5CYII=',
};
const turnsByFormat = {};

// Whether this browser turns such a photo by itself: JPEG all do, WebP and PNG some.
async function browserTurns({format, orientation, inExif}) {
  if (orientation === 1 || format === 'other') return true;
  if (format === 'jpeg' || !inExif) return inExif;
  turnsByFormat[format] ??= (async () => {
    const bytes = Uint8Array.from(atob(PROBES[format]), (letter) => letter.charCodeAt(0));
    const bitmap = await createImageBitmap(new Blob([bytes]), {colorSpaceConversion: 'none'});
    return bitmap.height === 2;
  })();
  return turnsByFormat[format];
}

// Two small pictures for the page: a bitmap to show now, and a thumbnail to keep. They are encoded
// again from pixels, so they carry no EXIF.
export async function picturesOf({pixels, width, height}) {
  const whole = new ImageData(pixels, width, height);
  const scale = Math.min(1, PREVIEW / Math.max(width, height));
  const preview = await createImageBitmap(whole, {
    resizeWidth: Math.max(1, Math.round(width * scale)), resizeHeight: Math.max(1, Math.round(height * scale)),
    resizeQuality: 'medium',
  });
  return {preview, thumbnail: await thumbnailOf(preview)};
}

async function thumbnailOf(picture) {
  const side = Math.min(picture.width, picture.height);
  const canvas = new OffscreenCanvas(Math.min(side, THUMBNAIL), Math.min(side, THUMBNAIL));
  const context = canvas.getContext('2d');
  context.imageSmoothingQuality = 'high';
  context.fillStyle = '#fff';
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.drawImage(picture, (picture.width - side) / 2, (picture.height - side) / 2, side, side,
    0, 0, canvas.width, canvas.height);
  return canvas.convertToBlob({type: 'image/jpeg', quality: 0.85});
}
