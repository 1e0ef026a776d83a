// paint.js: points as pixels. A canvas of pixels draws a million of them in some ten milliseconds.

class Painter {
  constructor(canvas) {
    this.canvas = canvas;
    this.context = canvas.getContext('2d');
    this.ids = new Uint32Array(0);  // of each pixel: its point + 1; 0: none
  }

  resize(width, height) {
    this.canvas.width = width;
    this.canvas.height = height;
    this.image = this.context.createImageData(width, height);
    this.pixels = new Uint32Array(this.image.data.buffer);
    this.ids = new Uint32Array(width * height);
  }

  // Offsets of the pixels of one point: a disc.
  disc(radius) {
    const reach = Math.floor(radius);
    const offsets = [];
    for (let y = -reach; y <= reach; ++y) {
      for (let x = -reach; x <= reach; ++x) {
        if (x * x + y * y <= radius * (radius + 0.5)) offsets.push([x, y]);
      }
    }
    return {reach, offsets: offsets.map(([x, y]) => y * this.canvas.width + x)};
  }

  // `xs`, `ys`: coordinates; `colours`: of each label, as ImageData holds it, 0 for hidden ones;
  // `order`: a step through all points that brings all labels to the front alike.
  paint(view, xs, ys, labels, colours, radius, order) {
    const {width, height} = this.canvas;
    const {pixels, ids} = this;
    pixels.fill(0);
    ids.fill(0);
    const ratio = width / view.width;
    const across = view.horizontal();
    const down = view.vertical();
    const fx = across.factor * ratio, ox = across.offset * ratio;
    const fy = down.factor * ratio, oy = down.offset * ratio;
    const {reach, offsets} = this.disc(radius);
    const total = xs.length;
    for (let step = 0, point = 0; step < total; ++step) {
      const colour = colours[labels[point]];
      if (colour !== 0) {
        const x = fx * xs[point] + ox | 0;
        const y = fy * ys[point] + oy | 0;
        if (x >= reach && y >= reach && x < width - reach && y < height - reach) {
          const centre = y * width + x;
          for (let at = 0; at < offsets.length; ++at) {
            pixels[centre + offsets[at]] = colour;
            ids[centre + offsets[at]] = point + 1;
          }
        }
      }
      point += order;
      if (point >= total) point -= total;
    }
    this.context.putImageData(this.image, 0, 0);
  }

  // The point nearest to a pixel, within some pixels; -1: none.
  pick(x, y, within) {
    const {width, height} = this.canvas;
    let best = -1;
    let nearest = within * within + 1;
    for (let dy = -within; dy <= within; ++dy) {
      for (let dx = -within; dx <= within; ++dx) {
        const distance = dx * dx + dy * dy;
        if (distance >= nearest || x + dx < 0 || x + dx >= width || y + dy < 0 || y + dy >= height) continue;
        const id = this.ids[(y + dy) * width + x + dx];
        if (id !== 0) {
          nearest = distance;
          best = id - 1;
        }
      }
    }
    return best;
  }
}

// A step that visits each of `total` points once, round after round, so that no label, in the order
// of which they come, lies above the others. Of many it is short: processors read ahead.
function orderOf(total) {
  const divisor = (a, b) => b === 0 ? a : divisor(b, a % b);
  let step = total > 100000 ? 61 : Math.max(1, Math.floor(total * 0.618));
  while (divisor(step, total) !== 1) ++step;
  return step % Math.max(1, total);
}

// In pixels of the canvas: less where there are many, or little room.
function radiusOf(total, view, ratio) {
  const base = total > 300000 ? 0.6 : total > 60000 ? 1 : total > 3000 ? 1.8 : 3;
  const room = Math.min(1, Math.sqrt(view.width * view.height) / 700);
  return Math.min(5, base * room * view.scale ** 0.3) * ratio;
}
