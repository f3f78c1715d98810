/**
 * A map that is never changed: `with` and `without` give another one, which shares what is the same. Changes lie in a thin layer over a shared base and are melted
 * into a new base when there are many, so that a change costs about the square root of the size. Order is that of first insertion.
 */
export class LayeredMap<K, V> implements ReadonlyMap<K, V> {
  readonly size: number
  readonly #base: ReadonlyMap<K, V>
  /** What differs from the base; {@link GONE} for what is left out. */
  readonly #layer: ReadonlyMap<K, V | typeof GONE>

  private constructor(base: ReadonlyMap<K, V>, layer: ReadonlyMap<K, V | typeof GONE>, size: number) {
    this.#base = base
    this.#layer = layer
    this.size = size
  }

  /** The map itself where it is layered already, else one over it, which must not be changed any more. */
  static over<K, V>(map: ReadonlyMap<K, V>): LayeredMap<K, V> {
    return map instanceof LayeredMap ? map : new LayeredMap(map, new Map(), map.size)
  }

  with(key: K, value: V): LayeredMap<K, V> {
    return this.#changed(key, value)
  }

  without(key: K): LayeredMap<K, V> {
    return this.has(key) ? this.#changed(key, GONE) : this
  }

  #changed(key: K, value: V | typeof GONE): LayeredMap<K, V> {
    const size = this.size + (value === GONE ? -1 : this.has(key) ? 0 : 1)
    const layer = new Map(this.#layer).set(key, value)
    const changed = new LayeredMap(this.#base, layer, size)
    // A square of the layer's size against the base's: both grow alike.
    return layer.size > 16 && layer.size * layer.size > this.#base.size ? new LayeredMap(new Map(changed), new Map(), size) : changed
  }

  get(key: K): V | undefined {
    const changed = this.#layer.get(key)
    if (changed !== undefined) return changed === GONE ? undefined : changed
    return this.#base.get(key)
  }

  has(key: K): boolean {
    const changed = this.#layer.get(key)
    return changed === undefined ? this.#base.has(key) : changed !== GONE
  }

  *entries(): MapIterator<[K, V]> {
    if (this.#layer.size === 0) yield* this.#base
    else {
      for (const [key, value] of this.#base) {
        const changed = this.#layer.get(key)
        if (changed === undefined) yield [key, value]
        else if (changed !== GONE) yield [key, changed]
      }
      for (const [key, value] of this.#layer) if (value !== GONE && !this.#base.has(key)) yield [key, value]
    }
    return undefined
  }

  *keys(): MapIterator<K> {
    for (const [key] of this.entries()) yield key
    return undefined
  }

  *values(): MapIterator<V> {
    for (const [, value] of this.entries()) yield value
    return undefined
  }

  forEach(callback: (value: V, key: K, map: ReadonlyMap<K, V>) => void): void {
    for (const [key, value] of this.entries()) callback(value, key, this)
  }

  [Symbol.iterator](): MapIterator<[K, V]> {
    return this.entries()
  }
}

const GONE = Symbol('gone')
