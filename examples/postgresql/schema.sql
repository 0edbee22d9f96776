-- The tables of the reference's store with JSONB in place of text, and the functions that its filters call, by PostgreSQL's own operators.
CREATE TABLE collections (namespace text, id text, body jsonb NOT NULL, PRIMARY KEY (namespace, id));
CREATE TABLE documents (namespace text, collection text, id text, body jsonb NOT NULL, rowid bigserial,
                        PRIMARY KEY (namespace, collection, id));
CREATE TABLE buckets (namespace text, id text, body jsonb NOT NULL, PRIMARY KEY (namespace, id));

CREATE FUNCTION json_extract(body jsonb, path text) RETURNS jsonb IMMUTABLE LANGUAGE sql
AS $$ SELECT jsonb_path_query_first(body, path::jsonpath) $$;

CREATE FUNCTION fragment(body jsonb, keys text) RETURNS jsonb IMMUTABLE LANGUAGE sql
AS $$ SELECT body #> ARRAY(SELECT jsonb_array_elements_text(keys::jsonb)) $$;

CREATE FUNCTION equal(field jsonb, operand jsonb, is_sensitive boolean) RETURNS boolean IMMUTABLE LANGUAGE sql
AS $$ SELECT CASE WHEN is_sensitive OR jsonb_typeof(field) <> 'string' OR jsonb_typeof(operand) <> 'string' THEN field = operand
                  ELSE lower(field #>> '{}') = lower(operand #>> '{}') END $$;

CREATE FUNCTION any_equal(elements jsonb, operand jsonb, is_sensitive boolean) RETURNS boolean IMMUTABLE LANGUAGE sql
AS $$ SELECT CASE jsonb_typeof(elements) WHEN 'array' THEN
                  EXISTS (SELECT FROM jsonb_array_elements(elements) element WHERE equal(element, operand, is_sensitive)) ELSE false END $$;

-- A condition is a list of operator, operand, and whether case counts; a field that is absent is NULL.
CREATE FUNCTION matches(field jsonb, condition jsonb) RETURNS boolean IMMUTABLE LANGUAGE plpgsql AS $$
DECLARE
    operator text := condition ->> 0;
    operand jsonb := condition -> 1;
    is_sensitive boolean := condition -> 2;
    kind text := jsonb_typeof(field);
    here text := field #>> '{}';
    given text := condition ->> 1;
BEGIN
    IF field IS NULL THEN
        RETURN operator IN ('ne', 'nin') OR (operator = 'exists' AND operand = 'false');
    END IF;
    IF NOT is_sensitive AND operator IN ('contains', 'starts_with', 'ends_with') THEN
        here := lower(here);
        given := lower(given);
    END IF;
    RETURN CASE operator
        WHEN 'eq' THEN equal(field, operand, is_sensitive)
        WHEN 'ne' THEN NOT equal(field, operand, is_sensitive)
        WHEN 'gt' THEN kind = 'number' AND field > operand
        WHEN 'gte' THEN kind = 'number' AND field >= operand
        WHEN 'lt' THEN kind = 'number' AND field < operand
        WHEN 'lte' THEN kind = 'number' AND field <= operand
        WHEN 'in' THEN any_equal(operand, field, is_sensitive)
        WHEN 'nin' THEN NOT any_equal(operand, field, is_sensitive)
        WHEN 'exists' THEN operand <> 'false'
        WHEN 'is_null' THEN (kind = 'null') = (operand <> 'false')
        WHEN 'contains' THEN CASE kind WHEN 'array' THEN any_equal(field, operand, is_sensitive)
                                       WHEN 'string' THEN strpos(here, given) > 0 ELSE false END
        WHEN 'starts_with' THEN kind = 'string' AND starts_with(here, given)
        WHEN 'ends_with' THEN kind = 'string' AND right(here, length(given)) = given
        WHEN 'regex' THEN kind = 'string' AND CASE WHEN is_sensitive THEN here ~ given ELSE here ~* given END
        WHEN 'text' THEN kind = 'string' AND to_tsvector('english', here) @@ plainto_tsquery('english', given)
    END;
END $$;
