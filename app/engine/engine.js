// engine.js: photos to features and answers, on the device. For a Web Worker, or Node.
import { Classifier } from "./classifier.js";
import { Module, moduleName } from "./module.js";

// A photo's pixels cross in bands of so many bytes, so that it is not in memory twice.
const BAND = 1 << 20;

export class Engine extends Classifier {
  // `module`: the bytes of the file that Engine.moduleName() names, or its response; `network` and
  // `classifier`: those of network.bin and classifier.bin. Without a classifier the engine makes
  // features alone. Throws an Error whose message says what to do.
  static async load({ module, network, classifier }) {
    const engine = new Engine();
    engine.module = await Module.load(module);
    engine.module.withBytes(network, (address, length) =>
      engine.module.check("network_open", address, length),
    );
    engine.identity = engine.module.text(engine.module.call("network_identity"));
    engine.dimension = engine.module.call("network_dimension");
    engine.band = engine.module.allocate(BAND);
    engine.row = engine.module.allocate(4 * engine.dimension);
    if (classifier) engine.openClassifier(classifier, engine.identity);
    return engine;
  }

  static moduleName() {
    return moduleName();
  }

  // The features of a photo that is upright and of full size: `rgba` has width x height pixels of 4
  // bytes, of which the last is ignored.
  features(rgba, width, height) {
    if (rgba.length !== 4 * width * height) {
      throw new Error(`${rgba.length} bytes of pixels: pass ${width} x ${height} x 4`);
    }
    this.module.check("photo_begin", width, height);
    for (let from = 0; from < rgba.length; from += BAND) {
      const band = rgba.subarray(from, from + BAND);
      this.module.bytes(this.band, band.length).set(band);
      this.module.check("photo_add", this.band, band.length / 4);
    }
    this.module.check("photo_features", this.row);
    return this.module.floats(this.row, this.dimension);
  }

  // The pixels that the network was last given, RGB: the photo as its preset resizes it, one view
  // behind the other.
  inputs() {
    const { module } = this;
    return module.bytes(module.call("photo_inputs"), module.call("photo_inputs_bytes")).slice();
  }
}
