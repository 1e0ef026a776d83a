// legend.js: the labels beside the map, each to be hidden or shown.

class Legend {
  static FILTER_FROM = 12;

  constructor(map) {
    this.map = map;
    this.buttons = data.labels.map((label, at) => this.entry(label, at));
    this.list = make('ul', {class: 'legend-list'}, ...this.buttons.map((button) => make('li', {}, button)));
    const all = (hidden) => () => {
      this.buttons.forEach((button, at) => {
        if (!button.parentElement.hidden) this.set(at, hidden);
      });
      map.draw();
    };
    this.element = make('div', {class: 'legend', role: 'group', 'aria-label': 'Labels on the map'},
      make('div', {class: 'controls'},
        make('button', {type: 'button', onclick: all(0)}, 'Show all'),
        make('button', {type: 'button', onclick: all(1)}, 'Hide all')),
      data.labels.length > Legend.FILTER_FROM ? this.filter() : null,
      this.list);
  }

  entry(label, at) {
    return make('button', {type: 'button', 'aria-pressed': 'true',
      onclick: () => { this.set(at, 1 - this.map.hidden[at]); this.map.draw(); },
      onpointerenter: () => this.emphasise(at), onpointerleave: () => this.emphasise(-1),
    }, swatch(at), name(label.name, {class: 'legend-name'}),
    make('span', {class: 'muted'}, count(label.rows)));
  }

  filter() {
    const input = make('input', {type: 'search', placeholder: 'Find a label', 'aria-label': 'Find a label'});
    input.addEventListener('input', () => {
      const wanted = input.value.toLocaleLowerCase();
      this.buttons.forEach((button, at) => {
        button.parentElement.hidden = !data.labels[at].name.toLocaleLowerCase().includes(wanted);
      });
    });
    return input;
  }

  set(at, hidden) {
    this.map.hidden[at] = hidden;
    this.buttons[at].setAttribute('aria-pressed', String(!hidden));
  }

  emphasise(at) {
    this.map.emphasis = at >= 0 && this.map.hidden[at] ? -1 : at;
    this.map.draw();
  }

  recolour() {
    if (this.dark === isDark()) return;
    this.dark = isDark();
    this.buttons.forEach((button, at) => {
      button.firstChild.style.background = cssColour(colourOfLabel(at));
    });
  }
}

let shownMap = null;  // read by tests and extensions

function showMap() {
  if (!points || points.count === 0) return;
  shownMap = new PhotoMap(openSection('map'));
}
