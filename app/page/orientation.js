// orientation.js: which way up a photo was taken. The rules of core/image/orientation.cc.

const INTEGER_BYTES = {6: 1, 3: 2, 8: 2, 4: 4, 9: 4, 13: 4};  // by TIFF type

function startsWith(bytes, text) {
  return bytes.length >= text.length && [...text].every((letter, at) => bytes[at] === letter.charCodeAt(0));
}

// The orientation tag of an EXIF block, whatever its value, or null. Broken EXIF has none.
export function exifOrientation(exif) {
  while (startsWith(exif, 'Exif\0\0')) exif = exif.subarray(6);
  const little = startsWith(exif, 'II');
  if (exif.length < 8 || !(little || startsWith(exif, 'MM'))) return null;
  const view = new DataView(exif.buffer, exif.byteOffset, exif.byteLength);
  const read = (at, bytes) => {
    if (at + bytes > exif.length) return null;
    if (bytes === 1) return view.getUint8(at);
    return bytes === 2 ? view.getUint16(at, little) : view.getUint32(at, little);
  };
  if (read(2, 2) !== 42 && read(2, 2) !== 42 << 8) return null;  // some writers swap its bytes
  const directory = read(4, 4);
  const entries = read(directory, 2) ?? 0;
  let orientation = null;
  for (let entry = directory + 2, at = 0; at < entries; ++at, entry += 12) {
    const end = read(entry + 8, 4);
    if (end === null) break;
    const bytes = INTEGER_BYTES[read(entry + 2, 2)] ?? 0;
    const count = read(entry + 4, 4);
    if (read(entry, 2) !== 0x0112 || bytes === 0 || count === 0) continue;
    orientation = read(bytes * count > 4 ? end : entry + 8, bytes) ?? orientation;
  }
  return orientation;
}

export function xmpOrientation(xmp) {
  const match = /tiff:Orientation(?:="|>)(\d)/.exec(new TextDecoder('latin1').decode(xmp));
  return match ? Number(match[1]) : null;
}

// 1 to 8; 1 for nothing or nonsense. EXIF goes before XMP.
export function orientationOf(exif, xmp) {
  const orientation = (exif && exifOrientation(exif)) ?? (xmp && xmpOrientation(xmp)) ?? 1;
  return orientation >= 1 && orientation <= 8 ? orientation : 1;
}

// Pixels, turned upright. `pixels`: RGBA, four bytes each.
export function turn({pixels, width, height}, orientation) {
  if (orientation === 1) return {pixels, width, height};
  const right = width - 1;
  const bottom = (height - 1) * width;
  const [origin, across, down] = [
    [right, -1, width], [bottom + right, -1, -width], [bottom, 1, -width], [0, width, 1],
    [bottom, -width, 1], [bottom + right, -width, -1], [right, width, -1],
  ][orientation - 2];
  const source = new Uint32Array(pixels.buffer, pixels.byteOffset, width * height);
  const target = new Uint32Array(width * height);
  const turned = orientation >= 5 ? {width: height, height: width} : {width, height};
  for (let y = 0, at = 0; y < turned.height; ++y) {
    for (let x = 0, from = origin + y * down; x < turned.width; ++x, from += across) target[at++] = source[from];
  }
  return {pixels: new Uint8ClampedArray(target.buffer), ...turned};
}
