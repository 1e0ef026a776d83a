// module.js: the engine's WebAssembly module, its memory and its errors.

// A function that does nothing but multiply and add in relaxed SIMD: valid where that is.
const RELAXED_SIMD = new Uint8Array([
  0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0, 10, 19, 1, 17, 0, 65, 0, 253, 15,
  65, 0, 253, 15, 65, 0, 253, 15, 253, 133, 2, 11,
]);

// The file to load: the faster module where the browser can run it.
export function moduleName() {
  return WebAssembly.validate(RELAXED_SIMD) ? "engine-relaxed.wasm" : "engine.wasm";
}

const NO_MEMORY =
  "The engine ran out of memory. Close other tabs or choose a smaller photo, then load the page again.";

// The module asks nothing of the system, but its C library is linked to these.
function system(compiled) {
  const functions = {};
  for (const { module, name } of WebAssembly.Module.imports(compiled)) {
    functions[module] ??= {};
    functions[module][name] = () => 52; // not supported
  }
  return functions;
}

async function compile(source) {
  if (typeof Response === "undefined" || !(source instanceof Response)) {
    return WebAssembly.compile(source);
  }
  if (!source.ok) throw new Error(`${source.url}: ${source.status}. Load the page again.`);
  const type = source.headers.get("Content-Type") ?? "";
  if (type.startsWith("application/wasm")) return WebAssembly.compileStreaming(source);
  return WebAssembly.compile(await source.arrayBuffer());
}

export class Module {
  #instance;

  // `source`: the file's bytes, or the response that has them.
  static async load(source) {
    const compiled = await compile(source);
    const module = new Module();
    module.#instance = await WebAssembly.instantiate(compiled, system(compiled));
    module.#instance.exports._initialize();
    return module;
  }

  // Calls a function of numbers. The module's memory may have moved afterwards.
  call(name, ...numbers) {
    try {
      return this.#instance.exports[name](...numbers);
    } catch (error) {
      if (error instanceof WebAssembly.RuntimeError) throw new Error(NO_MEMORY, { cause: error });
      throw error;
    }
  }

  // Calls a function that returns 0 if it fails.
  check(name, ...numbers) {
    if (this.call(name, ...numbers) === 0) throw new Error(this.text(this.call("error_message")));
  }

  // A view of the memory, until the next call.
  bytes(address, length) {
    return new Uint8Array(this.#instance.exports.memory.buffer, address, length);
  }

  // A copy of float32 numbers.
  floats(address, length) {
    return new Float32Array(this.#instance.exports.memory.buffer.slice(address, address + 4 * length));
  }

  // UTF-8 up to its 0.
  text(address) {
    const memory = new Uint8Array(this.#instance.exports.memory.buffer);
    return new TextDecoder().decode(memory.slice(address, memory.indexOf(0, address)));
  }

  // Room for bytes until release().
  allocate(length) {
    const address = this.call("allocate", length);
    if (address === 0) throw new Error(NO_MEMORY);
    return address;
  }

  release(address) {
    this.call("release", address);
  }

  // Calls work(address, length) with a copy of `data`, a typed array.
  withBytes(data, work) {
    const address = this.allocate(Math.max(data.byteLength, 1));
    try {
      this.bytes(address, data.byteLength).set(
        new Uint8Array(data.buffer, data.byteOffset, data.byteLength),
      );
      return work(address, data.byteLength);
    } finally {
      this.release(address);
    }
  }
}
