package dev.tiller.rewards.cache;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Marks an option of a reward that changes how fast or how patiently it works, but no score that a
 * cache keeps, such as the number of workers. It is left out of the {@link RewardIdentity}.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.RECORD_COMPONENT)
public @interface NoEffectOnScores {}
