// map.js: photos by two of their components.

class PhotoMap {
  constructor(body) {
    this.view = new View();
    this.axes = [0, Math.min(1, data.map.ranges.length - 1)];
    this.hidden = new Uint8Array(data.labels.length);
    this.emphasis = -1;  // a label; -1: none
    this.hovered = -1;   // a point
    this.polygon = [];
    this.lassoing = false;
    this.order = orderOf(points.count);
    this.pointers = new Map();
    this.build(body);
    new ResizeObserver(() => this.resize()).observe(this.frame);
    darkScheme.addEventListener('change', () => this.draw());
    addEventListener('beforeprint', () => { printing = true; this.drawNow(); });
    addEventListener('afterprint', () => { printing = false; this.drawNow(); });
  }

  build(body) {
    this.canvas = make('canvas', {class: 'points', 'aria-hidden': 'true'});
    this.overlay = make('canvas', {class: 'overlay', tabindex: '0', role: 'application',
      'aria-label': 'Map of photos', 'aria-describedby': 'map-help'});
    this.tip = make('div', {class: 'tip', hidden: true});
    this.frame = make('div', {class: 'frame'}, this.canvas, this.overlay, this.tip);
    this.panel = make('div', {class: 'panel', hidden: true});
    this.panel.addEventListener('close', () => { this.polygon = []; this.draw(); this.overlay.focus(); });
    this.painter = new Painter(this.canvas);
    this.lassoButton = this.button('Lasso', () => this.setLasso(!this.lassoing));
    this.lassoButton.setAttribute('aria-pressed', 'false');
    this.legend = new Legend(this);
    body.append(
      make('div', {class: 'controls toolbar'},
        this.axisChooser(0, 'Across'), this.axisChooser(1, 'Up'),
        make('span', {class: 'group'},
          this.button('+', () => this.change(() => this.view.zoom(1.6)), 'Zoom in'),
          this.button('−', () => this.change(() => this.view.zoom(1 / 1.6)), 'Zoom out'),
          this.button('Reset', () => this.change(() => this.view.reset()))),
        make('span', {class: 'group'}, this.lassoButton,
          this.button('List in view', () => this.listInView()))),
      make('div', {class: 'map-grid'}, this.frame, this.legend.element),
      make('p', {id: 'map-help', class: 'muted small'},
        'Each point is a photo. Drag to move, wheel or pinch to zoom, lasso to list what is inside. ',
        'By keyboard: arrows move, + and − zoom, 0 resets, L lists the photos in view.'),
      data.map.stride > 1
        ? make('p', {class: 'muted small'}, `One photo in ${count(data.map.stride)} is shown.`) : '',
      this.panel,
      behind('The map as a table: where each label lies', () => this.labelTable()));
    this.listen();
  }

  button(text, action, label) {
    return make('button', {type: 'button', 'aria-label': label, onclick: action}, text);
  }

  axisChooser(axis, text) {
    const select = make('select', {}, ...data.map.ranges.map((range, at) =>
      make('option', {value: at}, `Component ${at + 1}`)));
    select.value = this.axes[axis];
    select.addEventListener('change', () => this.change(() => {
      this.axes[axis] = Number(select.value);
      this.view.reset();
    }));
    return make('label', {}, text, ' ', select);
  }

  change(action) {
    action();
    this.hover(-1);
    this.draw();
  }

  setLasso(on) {
    this.lassoing = on;
    this.lassoButton.setAttribute('aria-pressed', String(on));
    this.frame.classList.toggle('lassoing', on);
  }

  coordinates() {
    return this.axes.map((axis) => points.component(axis));
  }

  resize() {
    const {width, height} = this.frame.getBoundingClientRect();
    if (width < 2) return;
    this.ratio = Math.min(2, devicePixelRatio || 1);
    this.view.resize(width, height);
    const [w, h] = [Math.round(width * this.ratio), Math.round(height * this.ratio)];
    this.painter.resize(w, h);
    this.overlay.width = w;
    this.overlay.height = h;
    this.drawNow();
  }

  draw() {
    if (this.asked) return;
    this.asked = requestAnimationFrame(() => { this.asked = 0; this.drawNow(); });
  }

  drawNow() {
    if (!this.ratio) return;
    const [xs, ys] = this.coordinates();
    const faint = packed(isDark() ? [52, 57, 53] : [222, 221, 214]);
    const colours = data.labels.map((label, at) => {
      if (this.hidden[at]) return 0;
      return this.emphasis >= 0 && this.emphasis !== at ? faint : packed(colourOfLabel(at));
    });
    const radius = radiusOf(points.count, this.view, this.ratio);
    this.painter.paint(this.view, xs, ys, points.labels, colours, radius, this.order);
    this.drawOverlay();
    this.legend.recolour();
  }

  drawOverlay() {
    const context = this.overlay.getContext('2d');
    context.setTransform(this.ratio, 0, 0, this.ratio, 0, 0);
    context.clearRect(0, 0, this.view.width, this.view.height);
    this.drawAxes(context);
    if (this.polygon.length > 1) {
      context.beginPath();
      for (const [x, y] of this.polygon) context.lineTo(x, y);
      context.closePath();
      context.fillStyle = cssVariable('--lasso');
      context.fill();
      context.strokeStyle = cssVariable('--accent');
      context.lineWidth = 1.5;
      context.stroke();
    }
    if (this.hovered >= 0) {
      const [x, y] = this.place(this.hovered);
      context.beginPath();
      context.arc(x, y, 7, 0, 2 * Math.PI);
      context.strokeStyle = cssVariable('--ink');
      context.lineWidth = 1.5;
      context.stroke();
    }
  }

  drawAxes(context) {
    const {view} = this;
    context.font = '11px system-ui, sans-serif';
    context.fillStyle = cssVariable('--muted');
    const value = (axis, screen) => {
      const {factor, offset} = axis === 0 ? view.horizontal() : view.vertical();
      const [least, greatest] = points.ranges[this.axes[axis]];
      return least + (screen - offset) / factor / 65535 * (greatest - least);
    };
    const screen = (axis, number) => {
      const {factor, offset} = axis === 0 ? view.horizontal() : view.vertical();
      const [least, greatest] = points.ranges[this.axes[axis]];
      return factor * 65535 * (number - least) / (greatest - least) + offset;
    };
    context.textAlign = 'center';
    for (const tick of ticks(value(0, 30), value(0, view.width - 90), view.width / 110)) {
      context.fillText(String(tick), screen(0, tick), view.height - 5);
    }
    context.textAlign = 'left';
    for (const tick of ticks(value(1, view.height - 24), value(1, 24), view.height / 80)) {
      context.fillText(String(tick), 5, screen(1, tick) + 4);
    }
    context.textAlign = 'right';
    context.fillText(`component ${this.axes[0] + 1} →`, view.width - 6, view.height - 5);
    context.textAlign = 'left';
    context.fillText(`↑ component ${this.axes[1] + 1}`, 5, 14);
  }

  place(point) {
    const [xs, ys] = this.coordinates();
    const across = this.view.horizontal();
    const down = this.view.vertical();
    return [across.factor * xs[point] + across.offset, down.factor * ys[point] + down.offset];
  }

  hover(point) {
    if (point === this.hovered) return;
    this.hovered = point;
    this.tip.hidden = point < 0;
    if (point >= 0) this.showTip(point);
    this.drawOverlay();
  }

  showTip(point) {
    const path = points.paths.of(point);
    const label = data.labels[points.labels[point]].name;
    const at = thumbnails.ofPoint.get(point);
    this.tip.replaceChildren(
      at === undefined ? '' : thumbnail(at, '', 80),
      make('div', {}, make('strong', {}, name(label)),
        path === null || data.hashed ? '' : name(path, {class: 'path'}),
        make('span', {class: 'muted'}, this.axes.map((axis) =>
          `${axis + 1}: ${decimal(points.value(axis, point))}`).join('   '))));
    const [x, y] = this.place(point);
    const width = Math.min(320, this.view.width - 16);
    this.tip.style.maxWidth = `${width}px`;
    this.tip.style.left = `${Math.max(8, Math.min(x + 14, this.view.width - width - 8))}px`;
    const below = y < this.view.height / 2;
    this.tip.style.top = below ? `${y + 14}px` : '';
    this.tip.style.bottom = below ? '' : `${this.view.height - y + 14}px`;
  }

  listInside(polygon, what) {
    const [xs, ys] = this.coordinates();
    listPoints(this.panel, pointsInside(polygon, this.view, xs, ys, points.labels, this.hidden), what);
  }

  listInView() {
    const {width, height} = this.view;
    this.polygon = [];
    this.listInside([[0, 0], [width, 0], [width, height], [0, height]], 'in view');
  }

  labelTable() {
    const sums = data.labels.map(() => [0, 0, 0]);
    const [xs, ys] = this.coordinates();
    for (let point = 0; point < points.count; ++point) {
      const sum = sums[points.labels[point]];
      sum[0] += 1;
      sum[1] += xs[point];
      sum[2] += ys[point];
    }
    const mean = (axis, total, number) => {
      const [least, greatest] = points.ranges[this.axes[axis]];
      return decimal(least + total / number / 65535 * (greatest - least));
    };
    const rows = sums.map(([number, x, y], at) => number === 0 ? null
      : [name(data.labels[at].name), count(number), mean(0, x, number), mean(1, y, number)]);
    return table('Mean place of each label',
      [{title: 'Label'}, {title: 'Points', number: true},
        {title: `Component ${this.axes[0] + 1}`, number: true},
        {title: `Component ${this.axes[1] + 1}`, number: true}],
      rows.filter((row) => row !== null));
  }
}
