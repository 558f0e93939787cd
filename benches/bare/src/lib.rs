//! The frameworks with nothing around them: what they cost before anybody adds middleware or limits.
