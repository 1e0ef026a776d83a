// classifier.js: answers to photos by their features, and labels that are taught on the device.

const encoder = new TextEncoder();
const decoder = new TextDecoder();

// Reads what core/base/flat_bytes.h writes.
class Reader {
  constructor(bytes) {
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.at = 0;
  }

  uint32() {
    this.at += 4;
    return this.view.getUint32(this.at - 4, true);
  }

  double() {
    this.at += 8;
    return this.view.getFloat64(this.at - 8, true);
  }

  text() {
    const length = this.uint32();
    const bytes = new Uint8Array(this.view.buffer, this.view.byteOffset + this.at, length);
    this.at += length;
    return decoder.decode(bytes);
  }
}

// A text as its length and its bytes.
function flat(text) {
  const bytes = encoder.encode(text);
  return [Uint32Array.of(bytes.length), bytes];
}

function join(arrays) {
  const joined = new Uint8Array(arrays.reduce((sum, array) => sum + array.byteLength, 0));
  let at = 0;
  for (const array of arrays) {
    joined.set(new Uint8Array(array.buffer, array.byteOffset, array.byteLength), at);
    at += array.byteLength;
  }
  return joined;
}

// The half of the engine that answers. Every method throws an Error whose message says what to do.
// Requires: this.module, and a call of openClassifier.
export class Classifier {
  #labels;

  // `file`: the bytes of classifier.bin; `network`: the line that names network.bin's features.
  openClassifier(file, network) {
    this.#run("classifier_open", file);
    const source = decoder.decode(this.#run("classifier_source"));
    if (source !== network && !source.startsWith(`${network}:pca=`)) {
      throw new Error("classifier.bin is of another network than network.bin. Load the page again.");
    }
    this.#readLabels();
  }

  // The answer to a photo: its likeliest label and that label's probability; whether the photo
  // probably shows none of the labels; the set of labels that has the right one as often as the
  // classifier promises; the `top` likeliest; from 0 to 2 how little the photo resembles any label.
  classify(features, top = 3) {
    const reader = new Reader(this.#run("classifier_answer", features, top));
    const novelty = reader.double();
    const unknown = reader.double() === 1;
    const inSet = reader.double();
    const ranking = Array.from({ length: reader.double() }, () => ({
      label: this.#labels[reader.double()].label,
      probability: reader.double(),
    }));
    return {
      ...ranking[0],
      unknown,
      set: ranking.slice(0, inSet).map(({ label }) => label),
      top: ranking.slice(0, top),
      novelty,
    };
  }

  // [{label, photos, taught}], sorted. `taught`: photos that taught the label on this device.
  labels() {
    return this.#labels.map((label) => ({ ...label }));
  }

  // Opens teach.bin, which teach, unteach and importTaught need.
  loadTeach(file) {
    this.#run("classifier_open_covariance", file);
  }

  // Adds photos, given by their features, to a label that is new or known. Five are enough.
  teach(label, photos) {
    this.#run("classifier_teach", join([...flat(label), ...photos]));
    this.#readLabels();
  }

  // Takes out the photos that taught a label on this device.
  unteach(label) {
    this.#run("classifier_unteach", join(flat(label)));
    this.#readLabels();
  }

  // What was taught on this device: a file for importTaught, 5 kB a photo.
  exportTaught() {
    return this.#run("classifier_export");
  }

  // Teaches what a device has exported, but for photos that are known. Throws for a file of another
  // network or preset.
  importTaught(file) {
    this.#run("classifier_import", file);
    this.#readLabels();
  }

  #readLabels() {
    const reader = new Reader(this.#run("classifier_labels"));
    this.#labels = Array.from({ length: reader.uint32() }, () => ({
      label: reader.text(),
      photos: reader.double(),
      taught: reader.double(),
    }));
  }

  // Calls a function with bytes, and returns a copy of its result.
  #run(name, data, ...numbers) {
    const { module } = this;
    if (data === undefined) module.check(name);
    else module.withBytes(data, (address, length) => module.check(name, address, length, ...numbers));
    return module.bytes(module.call("classifier_result"), module.call("classifier_result_size")).slice();
  }
}
