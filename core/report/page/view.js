// view.js: which part of a map is seen, in pixels of the screen.

class View {
  static PAD = 14;  // pixels around all points
  static MOST = 4096;

  constructor() {
    this.resize(1, 1);
    this.reset();
  }

  resize(width, height) {
    this.width = width;
    this.height = height;
  }

  reset() {
    this.scale = 1;
    this.x = 0.5;
    this.y = 0.5;
  }

  // screen = factor * coordinate + offset, for coordinates from 0 to 65,535.
  horizontal() {
    const span = this.scale * (this.width - 2 * View.PAD);
    return {factor: span / 65535, offset: this.width / 2 - this.x * span};
  }

  vertical() {
    const span = this.scale * (this.height - 2 * View.PAD);
    return {factor: -span / 65535, offset: this.height / 2 + this.y * span};
  }

  pan(dx, dy) {
    this.x -= dx / (this.scale * (this.width - 2 * View.PAD));
    this.y += dy / (this.scale * (this.height - 2 * View.PAD));
    this.bound();
  }

  // What lies under the pixel stays there.
  zoom(factor, left = this.width / 2, top = this.height / 2) {
    const before = this.scale;
    this.scale = Math.min(View.MOST, Math.max(1, this.scale * factor));
    const shift = 1 / before - 1 / this.scale;
    this.x += (left - this.width / 2) / (this.width - 2 * View.PAD) * shift;
    this.y -= (top - this.height / 2) / (this.height - 2 * View.PAD) * shift;
    this.bound();
  }

  bound() {
    const half = 0.5 / this.scale;
    this.x = Math.min(1 - half, Math.max(half, this.x));
    this.y = Math.min(1 - half, Math.max(half, this.y));
  }
}

// Round numbers between two, about `most` of them.
function ticks(least, greatest, most) {
  const rough = (greatest - least) / most;
  if (!(rough > 0)) return [];
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].find((each) => each * power >= rough) * power;
  const all = [];
  for (let at = Math.ceil(least / step); at * step <= greatest; ++at) {
    all.push(Number((at * step).toPrecision(12)));
  }
  return all;
}
