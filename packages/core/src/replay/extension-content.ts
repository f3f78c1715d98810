/** What an extension makes that tables can rest on, by bare names. */
export interface Content {
  readonly types: readonly string[]
  /** Functions that people call, without those of which PostgreSQL has one of the same name. */
  readonly functions: readonly string[]
  /** Operator classes. */
  readonly classes: readonly string[]
  /** True where it makes more functions than are listed here. */
  readonly open: boolean
}

/** What an extension brings; undefined where that is not known. */
export function brings(extension: string): Content | undefined {
  const found = CONTENT[extension]
  if (!found) return undefined
  const [types = '', functions = '', classes = ''] = found
  return {
    types: words(types),
    functions: words(functions).filter((word) => word !== '…'),
    classes: words(classes),
    open: functions.includes('…'),
  }
}

const words = (text: string): string[] => text.split(/\s+/).filter(Boolean)

/** Extensions that give existing types operator classes of their own, which an index uses without naming them, by the index's method. */
export const DEFAULT_CLASSES_FOR: ReadonlyMap<string, string> = new Map([
  ['btree_gin', 'gin'],
  ['btree_gist', 'gist'],
  ['bloom', 'bloom'],
])

/** Extensions whose control file says where they go. */
export const FIXED_SCHEMA: ReadonlyMap<string, string> = new Map([
  ['plpgsql', 'pg_catalog'],
  ['pltcl', 'pg_catalog'],
  ['pltclu', 'pg_catalog'],
  ['plperl', 'pg_catalog'],
  ['plperlu', 'pg_catalog'],
  ['plpython3u', 'pg_catalog'],
])

/** Types, functions and operator classes: of PostgreSQL's own extensions from the pg_depend of its servers, of others from their documentation. */
const CONTENT: Readonly<Record<string, readonly [types?: string, functions?: string, classes?: string]>> = {
  amcheck: [],
  auto_explain: [],
  bloom: [],
  btree_gin: [],
  btree_gist: [
    'gbtreekey16 gbtreekey2 gbtreekey32 gbtreekey4 gbtreekey8 gbtreekey_var',
    '',
    'gist_bool_ops gist_enum_ops gist_text_ops gist_uuid_ops',
  ],
  citext: ['citext', 'citext', 'citext_ops citext_pattern_ops'],
  cube: [
    'cube',
    'cube cube_dim cube_distance cube_ll_coord cube_ur_coord cube_union cube_inter cube_enlarge cube_subset',
    'cube_ops gist_cube_ops',
  ],
  dblink: ['dblink_pkey_results', '…'],
  earthdistance: ['earth', 'earth earth_box earth_distance gc_to_sec geo_distance latitude ll_to_earth longitude sec_to_gc'],
  fuzzystrmatch: [
    '',
    'daitch_mokotoff difference dmetaphone dmetaphone_alt levenshtein levenshtein_less_equal metaphone soundex text_soundex',
  ],
  hstore: [
    'ghstore hstore',
    `akeys avals defined each exist exists_all exists_any fetchval hs_concat hs_contained hs_contains hstore hstore_to_array hstore_to_json
    hstore_to_json_loose hstore_to_jsonb hstore_to_jsonb_loose hstore_to_matrix isdefined isexists populate_record skeys slice slice_array
    svals tconvert`,
    'btree_hstore_ops gin_hstore_ops gist_hstore_ops hash_hstore_ops',
  ],
  intarray: [
    'intbig_gkey query_int',
    'icount idx intset sort sort_asc sort_desc subarray uniq',
    'gin__int_ops gist__int_ops gist__intbig_ops',
  ],
  isn: [
    'ean13 isbn isbn13 ismn ismn13 issn issn13 upc',
    'ean13 isbn isbn13 ismn ismn13 issn issn13 upc is_valid isn_weak make_valid',
    'ean13_ops isbn13_ops isbn_ops ismn13_ops ismn_ops issn13_ops issn_ops upc_ops',
  ],
  lo: ['lo', 'lo_manage lo_oid'],
  ltree: [
    'lquery ltree ltree_gist ltxtquery',
    'index lca ltree2text ltree_addltree ltree_isparent ltree_risparent nlevel subltree subpath text2ltree',
    'gist__ltree_ops gist_ltree_ops hash_ltree_ops ltree_ops',
  ],
  moddatetime: ['', 'moddatetime'],
  pg_stat_statements: ['', 'pg_stat_statements pg_stat_statements_info pg_stat_statements_reset'],
  pg_trgm: [
    'gtrgm',
    'set_limit show_limit show_trgm similarity similarity_dist strict_word_similarity word_similarity',
    'gin_trgm_ops gist_trgm_ops',
  ],
  pgcrypto: [
    '',
    `armor crypt dearmor decrypt decrypt_iv digest encrypt encrypt_iv fips_mode gen_random_bytes gen_salt hmac pgp_armor_headers pgp_key_id
    pgp_pub_decrypt pgp_pub_decrypt_bytea pgp_pub_encrypt pgp_pub_encrypt_bytea pgp_sym_decrypt pgp_sym_decrypt_bytea pgp_sym_encrypt
    pgp_sym_encrypt_bytea`,
  ],
  postgis: [
    'box2d box2df box3d geography geometry geometry_dump gidx spheroid valid_detail',
    '…',
    'gist_geometry_ops_2d gist_geometry_ops_nd gist_geography_ops',
  ],
  postgres_fdw: [],
  seg: ['seg', 'seg_center seg_lower seg_size seg_upper', 'gist_seg_ops seg_ops'],
  tablefunc: [
    'tablefunc_crosstab_2 tablefunc_crosstab_3 tablefunc_crosstab_4',
    'connectby crosstab crosstab2 crosstab3 crosstab4 normal_rand',
  ],
  unaccent: ['', 'unaccent'],
  'uuid-ossp': [
    '',
    'uuid_generate_v1 uuid_generate_v1mc uuid_generate_v3 uuid_generate_v4 uuid_generate_v5 uuid_nil uuid_ns_dns uuid_ns_oid uuid_ns_url uuid_ns_x500',
  ],
  vector: [
    'halfvec sparsevec vector',
    'binary_quantize cosine_distance hamming_distance inner_product jaccard_distance l1_distance l2_distance l2_norm l2_normalize subvector vector_dims vector_norm',
    `bit_hamming_ops bit_jaccard_ops halfvec_cosine_ops halfvec_ip_ops halfvec_l1_ops halfvec_l2_ops sparsevec_cosine_ops sparsevec_ip_ops
    sparsevec_l1_ops sparsevec_l2_ops vector_cosine_ops vector_ip_ops vector_l1_ops vector_l2_ops`,
  ],
}
