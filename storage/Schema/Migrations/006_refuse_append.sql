-- Ends a batch of appends in which a row does not fit: cheaper than counting the rows that do. Nothing of the batch stays.

CREATE FUNCTION refuse_append() RETURNS bigint LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a message of the batch does not fit: each will be judged' USING ERRCODE = 'OC001';
END
$$;
