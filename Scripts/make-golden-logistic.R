# What R says of the rows that make-golden-logistic.py generates; that script calls this one.
#
# Usage: Rscript make-golden-logistic.R inference|firth|elastic-net|natural-spline FOLDER
# Reads FOLDER/*.csv and writes FOLDER/out.txt: a name, a tab, numbers to the last bit.
# Needs R 4.2, glmnet and brglm2 (Debian: apt-get install r-base-core r-cran-glmnet r-cran-brglm2).
arguments <- commandArgs(trailingOnly = TRUE)
part <- arguments[1]
folder <- arguments[2]
out <- file(file.path(folder, "out.txt"), "w")

put <- function(name, ...) {
  cat(name, "\t", paste(sprintf("%.17g", c(...)), collapse = " "), "\n", sep = "", file = out)
}
put_version <- function(name, version) {
  cat("version ", name, "\t", version, "\n", sep = "", file = out)
}
table_of <- function(name) read.csv(file.path(folder, paste0(name, ".csv")))
tables <- function(ending) {
  sub(paste0(ending, "\\.csv$"), "", list.files(folder, paste0(ending, "\\.csv$")))
}
control <- glm.control(epsilon = 1e-15, maxit = 100)
put_version("R", as.character(getRversion()))

# Fits all columns of a table but those with a name of their own.
inference <- function() {
  for (name in tables("")) {
    rows <- table_of(name)
    given <- intersect(c("label", "weight", "offset"), names(rows))
    terms <- setdiff(names(rows), given)
    rows$case_weight <- if ("weight" %in% given) rows$weight else 1
    rows$case_offset <- if ("offset" %in% given) rows$offset else 0
    # Fractional weights are warned of, and the deviances then still are what they are asked for.
    fitted_from <- function(start) suppressWarnings(glm(
      reformulate(terms, "label"), binomial, rows, weights = case_weight, offset = case_offset,
      start = start, control = control))
    # Its standard errors are those of the last step but one, hence one more step.
    fit <- fitted_from(coef(fitted_from(NULL)))
    table <- summary(fit)$coefficients
    put(paste(name, "coefficients"), table[, 1])
    put(paste(name, "standard_errors"), table[, 2])
    put(paste(name, "z"), table[, 3])
    put(paste(name, "wald_p"), table[, 4])
    put(paste(name, "covariance"), vcov(fit))
    put(paste(name, "null_deviance"), fit$null.deviance)
    put(paste(name, "deviance"), fit$deviance)
    put(paste(name, "aic"), fit$aic)
    dropped <- suppressWarnings(drop1(fit, test = "LRT"))[-1, ]
    put(paste(name, "term_statistics"), dropped$LRT)
    put(paste(name, "term_degrees"), dropped$Df)
    put(paste(name, "term_p"), dropped[["Pr(>Chi)"]])
    statistic <- fit$null.deviance - fit$deviance
    put(paste(name, "model_test"), statistic, fit$df.null - fit$df.residual,
        pchisq(statistic, fit$df.null - fit$df.residual, lower.tail = FALSE))
  }
}

# The mean-bias-reducing adjusted scores of brglm2, which for a canonical link are Firth's.
firth <- function() {
  suppressPackageStartupMessages(library(brglm2))
  put_version("brglm2", as.character(packageVersion("brglm2")))
  for (name in tables("")) {
    rows <- table_of(name)
    rows$case_weight <- if ("weight" %in% names(rows)) rows$weight else 1
    terms <- setdiff(names(rows), c("label", "weight", "case_weight"))
    fit <- glm(
      reformulate(terms, "label"), binomial, rows, weights = case_weight, method = "brglmFit",
      type = "AS_mean", epsilon = 1e-13, maxit = 10000)
    design <- model.matrix(fit)
    chances <- fitted(fit)
    information <- crossprod(design, rows$case_weight * chances * (1 - chances) * design)
    put(paste(name, "coefficients"), coef(fit))
    put(paste(name, "standard_errors"), summary(fit)$coefficients[, 2])
    put(paste(name, "penalised_log_likelihood"),
        sum(rows$case_weight * log(ifelse(rows$label == 1, chances, 1 - chances))) +
          as.numeric(determinant(information)$modulus) / 2)
  }
}

elastic_net <- function() {
  suppressPackageStartupMessages(library(glmnet))
  put_version("glmnet", as.character(packageVersion("glmnet")))
  cases <- table_of("cases")
  for (place in seq_len(nrow(cases))) {
    name <- cases$name[place]
    rows <- table_of(paste0(name, "-rows"))
    columns <- table_of(paste0(name, "-columns"))
    path <- table_of(paste0(name, "-path"))$lambda
    x <- as.matrix(rows[, grep("^x", names(rows))])
    weight <- if ("weight" %in% names(rows)) rows$weight else rep(1, nrow(rows))
    offset <- if ("offset" %in% names(rows)) rows$offset else NULL
    settings <- list(
      x, rows$label, family = "binomial", alpha = cases$alpha[place], weights = weight,
      offset = offset, standardize = TRUE, thresh = 1e-16, maxit = 1e8,
      penalty.factor = columns$penalty_factor,
      lower.limits = columns$lower, upper.limits = columns$upper)
    fit <- do.call(glmnet, c(settings, list(lambda = path)))
    put(paste(name, "coefficients"), as.matrix(coef(fit)))
    if ("fold" %in% names(rows)) {
      put(paste(name, "largest_lambda"), do.call(glmnet, c(settings, list(nlambda = 5)))$lambda[1])
      chosen <- do.call(cv.glmnet, c(settings, list(
        lambda = path, foldid = rows$fold + 1, type.measure = "deviance", keep = TRUE)))
      put(paste(name, "cvm"), chosen$cvm)
      put(paste(name, "cvsd"), chosen$cvsd)
      put(paste(name, "lambda_min"), chosen$lambda.min)
      put(paste(name, "lambda_1se"), chosen$lambda.1se)
    }
  }
}

natural_spline <- function() {
  rows <- table_of("rows")
  points <- table_of("points")$x
  for (name in tables("-knots")) {
    knots <- table_of(paste0(name, "-knots"))$knot
    count <- length(knots)
    inner <- knots[-c(1, count)]
    outer <- knots[c(1, count)]
    put(paste(name, "basis"), unclass(splines::ns(points, knots = inner, Boundary.knots = outer)))
    fit <- glm(
      label ~ splines::ns(x, knots = inner, Boundary.knots = outer) + z, binomial, rows,
      control = control)
    put(paste(name, "probabilities"), fitted(fit))
    put(paste(name, "deviance"), fit$deviance)
  }
}

switch(
  part, inference = inference(), firth = firth(), "elastic-net" = elastic_net(),
  "natural-spline" = natural_spline(), stop("unknown part: ", part))
close(out)
