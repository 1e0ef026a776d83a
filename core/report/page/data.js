'use strict';
// data.js: what the page shows, as core/report/data.cc lays it out.

const data = JSON.parse(document.getElementById('data').textContent);

function textOf(id) {
  return document.getElementById(id).textContent;
}

function bytesOf(id) {
  const text = textOf(id);
  if (Uint8Array.fromBase64) return Uint8Array.fromBase64(text);
  const binary = atob(text);
  const bytes = new Uint8Array(binary.length);
  for (let at = 0; at < binary.length; ++at) bytes[at] = binary.charCodeAt(at);
  return bytes;
}

// Paths of core/report/path_list.h. They are read where they are asked for: a page of a million
// photos opens without.
class Paths {
  static RESTART = 64;

  constructor(bytes, stride) {
    this.bytes = bytes;
    this.stride = stride;
    this.decoder = new TextDecoder();
    this.starts = null;
  }

  // Whether the page has that of a point.
  has(point) {
    return point % this.stride === 0;
  }

  // Of a point; null where the page has none of it.
  of(point) {
    if (!this.has(point)) return null;
    const at = point / this.stride;
    const block = Math.floor(at / Paths.RESTART);
    if (block !== this.block) {
      this.block = block;
      this.paths = this.read(block);
    }
    return this.paths[at % Paths.RESTART];
  }

  read(block) {
    this.starts = this.starts || this.findStarts();
    const paths = [];
    const end = this.starts[block + 1] ?? this.bytes.length;
    let last = new Uint8Array(0);
    this.at = this.starts[block];
    while (this.at < end) {
      const common = this.number();
      const own = this.number();
      const path = new Uint8Array(common + own);
      path.set(last.subarray(0, common));
      path.set(this.bytes.subarray(this.at, this.at + own), common);
      this.at += own;
      paths.push(this.decoder.decode(path));
      last = path;
    }
    return paths;
  }

  findStarts() {
    const starts = [];
    this.at = 0;
    for (let path = 0; this.at < this.bytes.length; ++path) {
      if (path % Paths.RESTART === 0) starts.push(this.at);
      this.number();
      const own = this.number();
      this.at += own;
    }
    return starts;
  }

  number() {
    let number = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = this.bytes[this.at++];
      number += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) return number;
    }
  }
}

// The points of the map: 16 bits a coordinate, component by component.
class Points {
  constructor(map) {
    this.count = map.points;
    this.ranges = map.ranges;
    const coords = bytesOf('data-coords');
    this.coords = new Uint16Array(coords.buffer, coords.byteOffset, coords.byteLength / 2);
    const labels = bytesOf('data-labels');
    this.labels = map.label_bytes === 1
      ? labels : new Uint16Array(labels.buffer, labels.byteOffset, labels.byteLength / 2);
    this.paths = new Paths(bytesOf('data-paths'), map.path_stride);
  }

  // Its coordinates, from 0 to 65,535.
  component(number) {
    return this.coords.subarray(number * this.count, (number + 1) * this.count);
  }

  // To four digits: what 16 bits are good for.
  value(number, point) {
    const [least, greatest] = this.ranges[number];
    return least + this.component(number)[point] / 65535 * (greatest - least);
  }
}

const points = data.map ? new Points(data.map) : null;
