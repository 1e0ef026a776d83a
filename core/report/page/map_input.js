// map_input.js: mouse, touch and keyboard on the map.

PhotoMap.prototype.listen = function listen() {
  const {overlay} = this;
  const spot = (event) => {
    const frame = overlay.getBoundingClientRect();
    return [event.clientX - frame.left, event.clientY - frame.top];
  };
  const pick = ([x, y], within) =>
    this.painter.pick(Math.round(x * this.ratio), Math.round(y * this.ratio), Math.round(within * this.ratio));

  overlay.addEventListener('pointerdown', (event) => {
    overlay.setPointerCapture(event.pointerId);
    this.pointers.set(event.pointerId, spot(event));
    this.moved = 0;
    const starts = (this.lassoing || event.shiftKey) && this.pointers.size === 1;
    this.drawing = starts;
    if (starts) this.polygon = [spot(event)];
  });
  overlay.addEventListener('pointermove', (event) => {
    const at = spot(event);
    const before = this.pointers.get(event.pointerId);
    if (!before) {
      if (event.pointerType === 'mouse') this.hover(pick(at, 8));
      return;
    }
    this.moved += Math.hypot(at[0] - before[0], at[1] - before[1]);
    if (this.drawing) {
      this.polygon.push(at);
      this.drawOverlay();
    } else if (this.pointers.size === 1) {
      this.change(() => this.view.pan(at[0] - before[0], at[1] - before[1]));
    } else {
      this.pinch(event.pointerId, before, at);
    }
    this.pointers.set(event.pointerId, at);
  });
  const end = (event) => {
    if (!this.pointers.delete(event.pointerId) || event.type === 'pointercancel') return;
    if (this.drawing && this.polygon.length > 3) {
      this.setLasso(false);
      this.listInside(this.polygon, 'inside the lasso');
    } else if (this.moved < 6) {
      this.hover(pick(spot(event), event.pointerType === 'mouse' ? 8 : 18));
    }
    this.drawing = false;
  };
  overlay.addEventListener('pointerup', end);
  overlay.addEventListener('pointercancel', end);
  overlay.addEventListener('pointerleave', (event) => {
    if (event.pointerType === 'mouse') this.hover(-1);
  });
  overlay.addEventListener('wheel', (event) => {
    event.preventDefault();
    this.change(() => this.view.zoom(Math.exp(-event.deltaY * 0.0015), ...spot(event)));
  }, {passive: false});
  overlay.addEventListener('dblclick', (event) =>
    this.change(() => this.view.zoom(2, ...spot(event))));
  overlay.addEventListener('keydown', (event) => this.key(event));
};

PhotoMap.prototype.pinch = function pinch(id, before, at) {
  const [other] = [...this.pointers].filter(([key]) => key !== id).map(([, place]) => place);
  const distance = ([x, y]) => Math.max(1, Math.hypot(x - other[0], y - other[1]));
  this.change(() => {
    this.view.zoom(distance(at) / distance(before), (at[0] + other[0]) / 2, (at[1] + other[1]) / 2);
    this.view.pan((at[0] - before[0]) / 2, (at[1] - before[1]) / 2);
  });
};

PhotoMap.prototype.key = function key(event) {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const step = 60;
  const actions = {
    ArrowLeft: () => this.view.pan(step, 0),
    ArrowRight: () => this.view.pan(-step, 0),
    ArrowUp: () => this.view.pan(0, step),
    ArrowDown: () => this.view.pan(0, -step),
    '+': () => this.view.zoom(1.6),
    '=': () => this.view.zoom(1.6),
    '-': () => this.view.zoom(1 / 1.6),
    '0': () => this.view.reset(),
    Escape: () => { this.polygon = []; this.setLasso(false); },
  };
  if (event.key === 'l' || event.key === 'L') this.listInView();
  else if (actions[event.key]) this.change(actions[event.key]);
  else return;
  event.preventDefault();
};
