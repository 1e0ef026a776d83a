// header.js: what a photo's first bytes say: format, size in pixels, orientation. Nothing is decoded,
// so that a small file that claims to be huge is refused before any memory is taken for it.

import {orientationOf} from './orientation.js';

function text(bytes, at, length) {
  return String.fromCharCode(...bytes.subarray(at, at + length));
}

// {format, width, height, orientation, inExif}. Other formats than JPEG, PNG and WebP: {format: 'other'}.
// `inExif`: whether EXIF asked for the orientation, which most browsers obey, or XMP, which none reads.
export function readHeader(bytes) {
  try {
    if (bytes[0] === 0xff && bytes[1] === 0xd8) return jpegHeader(bytes);
    if (text(bytes, 1, 3) === 'PNG') return pngHeader(bytes);
    if (text(bytes, 0, 4) === 'RIFF' && text(bytes, 8, 4) === 'WEBP') return webpHeader(bytes);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;  // it ends inside its header: the decoder will say so
  }
  return {format: 'other', orientation: 1};
}

function viewOf(bytes) {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function header(format, size, exif, xmp) {
  const orientation = orientationOf(exif, xmp);
  return {format, ...size, orientation, inExif: orientationOf(exif, null) === orientation};
}

function jpegHeader(bytes) {
  const view = viewOf(bytes);
  let [size, exif, xmp] = [{}, null, null];
  for (let at = 2; at + 4 <= bytes.length;) {
    if (bytes[at] !== 0xff) { ++at; continue; }
    const marker = bytes[at + 1];
    if (marker === 0xff) { ++at; continue; }
    if (marker === 0x01 || (marker >= 0xd0 && marker <= 0xd8)) { at += 2; continue; }
    if (marker === 0xd9 || marker === 0xda) break;
    const length = view.getUint16(at + 2);
    const content = bytes.subarray(at + 4, at + 2 + length);
    const isFrame = marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);
    if (isFrame) size = {width: view.getUint16(at + 7), height: view.getUint16(at + 5)};
    else if (marker === 0xe1 && text(content, 0, 6) === 'Exif\0\0') exif ??= content;
    else if (marker === 0xe1 && text(content, 0, 28) === 'http://ns.adobe.com/xap/1.0/') xmp ??= content;
    at += 2 + length;
  }
  return header('jpeg', size, exif, xmp);
}

function pngHeader(bytes) {
  const view = viewOf(bytes);
  const size = {width: view.getUint32(16), height: view.getUint32(20)};
  let exif = null;
  for (let at = 8; at + 12 <= bytes.length;) {
    const length = view.getUint32(at);
    if (text(bytes, at + 4, 4) === 'eXIf') exif = bytes.subarray(at + 8, at + 8 + length);
    at += 12 + length;
  }
  return header('png', size, exif, null);
}

function webpHeader(bytes) {
  const view = viewOf(bytes);
  const three = (at) => bytes[at] | bytes[at + 1] << 8 | bytes[at + 2] << 16;
  let [size, exif, xmp] = [null, null, null];
  for (let at = 12; at + 8 <= bytes.length;) {
    const kind = text(bytes, at, 4);
    const length = view.getUint32(at + 4, true);
    const start = at + 8;
    const content = bytes.subarray(start, start + length);
    if (kind === 'VP8X') size = {width: 1 + three(start + 4), height: 1 + three(start + 7)};
    else if (kind === 'VP8 ') {
      size ??= {width: view.getUint16(start + 6, true) & 0x3fff, height: view.getUint16(start + 8, true) & 0x3fff};
    } else if (kind === 'VP8L') {
      const bits = view.getUint32(start + 1, true);
      size ??= {width: 1 + (bits & 0x3fff), height: 1 + (bits >>> 14 & 0x3fff)};
    } else if (kind === 'EXIF') exif ??= content;
    else if (kind === 'XMP ') xmp ??= content;
    at = start + length + length % 2;
  }
  return header('webp', size ?? {}, exif, xmp);
}
