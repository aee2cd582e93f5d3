-- Ends a batch of appends in which a row does not fit, before anything of it is stored: cheaper than counting the rows that do.

CREATE FUNCTION refuse_append() RETURNS bigint LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a message of the batch does not fit: each will be judged' USING ERRCODE = 'OC001';
END
$$;
