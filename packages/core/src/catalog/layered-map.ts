/** One change on top of those before it. */
interface Change<K, V> {
  readonly key: K
  readonly value: V | typeof GONE
  readonly below: Change<K, V> | undefined
  /** How many changes there are, this one included. */
  readonly depth: number
}

const GONE = Symbol('gone')

/** As many changes as cost nothing to walk. */
const FEW = 16

/**
 * A map that is never changed: `with` and `without` give another one, which shares what is the same. Changes lie on a base that they share and are melted into a
 * new base when there are many, so that a change costs about the square root of the size. The order is that of a Map.
 */
export class LayeredMap<K, V> implements ReadonlyMap<K, V> {
  readonly size: number
  #base: ReadonlyMap<K, V>
  #top: Change<K, V> | undefined

  private constructor(base: ReadonlyMap<K, V>, top: Change<K, V> | undefined, size: number) {
    this.#base = base
    this.#top = top
    this.size = size
  }

  /** The map itself where it is layered already, else one over it, which must not be changed any more. */
  static over<K, V>(map: ReadonlyMap<K, V>): LayeredMap<K, V> {
    return map instanceof LayeredMap ? map : new LayeredMap(map, undefined, map.size)
  }

  with(key: K, value: V): LayeredMap<K, V> {
    return this.#changed(key, value, this.has(key) ? this.size : this.size + 1)
  }

  without(key: K): LayeredMap<K, V> {
    return this.has(key) ? this.#changed(key, GONE, this.size - 1) : this
  }

  #changed(key: K, value: V | typeof GONE, size: number): LayeredMap<K, V> {
    // What is changed twice in a row was changed once.
    const below = this.#top?.key === key && value !== GONE && this.#top.value !== GONE ? this.#top.below : this.#top
    const depth = (below?.depth ?? 0) + 1
    const changed = new LayeredMap(this.#base, { key, value, below, depth }, size)
    // A square of the depth against the base's size: both grow alike.
    if (depth > FEW && depth * depth > this.#base.size) changed.#melt()
    return changed
  }

  /** All changes put into a base of its own. */
  #melt(): ReadonlyMap<K, V> {
    if (!this.#top) return this.#base
    const changes: Change<K, V>[] = []
    for (let at: Change<K, V> | undefined = this.#top; at; at = at.below) changes.push(at)
    const melted = new Map(this.#base)
    for (const { key, value } of changes.reverse()) {
      if (value === GONE) melted.delete(key)
      else melted.set(key, value)
    }
    this.#base = melted
    this.#top = undefined
    return melted
  }

  get(key: K): V | undefined {
    for (let at = this.#top; at; at = at.below) if (at.key === key) return at.value === GONE ? undefined : at.value
    return this.#base.get(key)
  }

  has(key: K): boolean {
    for (let at = this.#top; at; at = at.below) if (at.key === key) return at.value !== GONE
    return this.#base.has(key)
  }

  entries(): MapIterator<[K, V]> {
    return this.#melt().entries()
  }

  keys(): MapIterator<K> {
    return this.#melt().keys()
  }

  values(): MapIterator<V> {
    return this.#melt().values()
  }

  forEach(callback: (value: V, key: K, map: ReadonlyMap<K, V>) => void): void {
    for (const [key, value] of this.#melt()) callback(value, key, this)
  }

  [Symbol.iterator](): MapIterator<[K, V]> {
    return this.entries()
  }
}
