# Runs the R packages behind clubsandwich_r.py, sandwich_r.py, plm_r.py and dfadjust_stata.py.
#
# Needs R with clubSandwich, sandwich, plm, lmtest and jsonlite (frozen with R 4.2.2, clubSandwich
# 0.5.8, sandwich 3.0-2, plm 2.6-2). Run in a folder that holds the two inputs, written by
#
#   python -c "from reference import datasets as d; d.grunfeld(11).to_csv('grunfeld.csv', index=False)"
#   python -c "from reference import datasets as d; d.unbalanced().to_csv('unbalanced.csv', index=False)"
#
# with tests/ on the Python path. It writes r.json, whose numbers the modules hold.

suppressMessages({library(clubSandwich);library(sandwich);library(jsonlite);library(plm);library(lmtest)})
g <- read.csv("grunfeld.csv"); g$firm <- factor(g$firm, levels=unique(g$firm)); g10 <- droplevels(g[1:200,]); g11 <- g
u <- read.csv("unbalanced.csv")
mats <- function(V) unname(as.matrix(V))
club <- function(fit, cl, keep=NULL, types=c("CR0","CR1","CR1S","CR2","CR3"), con=NULL, ...) {
  b <- coef(fit); b <- b[!is.na(b)]; if (is.null(keep)) keep <- names(b); k <- match(keep, names(b))
  out <- list(names=keep, coef=unname(b[k]), nobs=nobs(fit), n_clusters=length(unique(cl)))
  for (t in types) { V <- tryCatch(vcovCR(fit, cluster=cl, type=t, ...), error=function(e) {cat("no",t,conditionMessage(e),"\n"); NULL}); if (is.null(V)) next; M <- as.matrix(V)[k,k,drop=FALSE]
    ct <- coef_test(fit, vcov=V, test=c("naive-t","Satterthwaite"), coefs=keep)
    ci <- conf_int(fit, vcov=V, level=0.95, test="Satterthwaite", coefs=keep)
    r <- list(vcov=unname(M), se=unname(ct$SE), t=unname(ct$tstat), df=unname(ct$df_Satt), p=unname(ct$p_Satt), p_naive_t=unname(ct$p_t), ci_lower=unname(ci$CI_L), ci_upper=unname(ci$CI_U))
    if (!is.null(con)) { w <- Wald_test(fit, constraints=constrain_zero(con, reg_ex=FALSE), vcov=V, test=c("Naive-F","HTA","HTB","HTZ","EDF","EDT"))
      r$wald <- lapply(split(w, seq_len(nrow(w))), function(z) list(test=as.character(z$test), F=z$Fstat, df_num=z$df_num, df_denom=z$df_denom, p=z$p_val)); names(r$wald) <- NULL}
    out[[t]] <- r }
  out }
fA <- lm(invest~value+capital, g10); fB <- lm(invest~value+capital, g11); fC <- lm(invest~value+capital+firm, g10)
fD <- lm(y~x1+x2, u); fE <- lm(y~x1+factor(g), u); fE2 <- lm(y~x1+factor(h), u)
fF <- lm(invest~value+capital, g10, weights=1/value); fG <- lm(y~x1+x2, u, weights=w)
out <- list(
 grunfeld10=club(fA,g10$firm,con=2:3), grunfeld10_year=club(fA,g10$year,con=2:3), grunfeld11=club(fB,g11$firm,con=2:3),
 grunfeld10_fe=club(fC,g10$firm,keep=c("value","capital"),con=2:3),
 unbalanced=club(fD,u$g,con=2:3), unbalanced_fe=club(fE,u$g,keep="x1"), unbalanced_fe_h=club(fE2,u$g,con=NULL),
 grunfeld10_weighted=club(fF,g10$firm,con=2:3), grunfeld10_weighted_inverse_var=club(fF,g10$firm,con=2:3,inverse_var=TRUE),
 unbalanced_weighted=club(fG,u$g,con=2:3), unbalanced_weighted_inverse_var=club(fG,u$g,con=2:3,inverse_var=TRUE))
# twoway FE
fH <- lm(invest~value+capital+firm+factor(year), g10); out$grunfeld10_fe_twoway <- club(fH,g10$firm,keep=c("value","capital"),con=2:3)
p <- pdata.frame(cbind(g10[,c("firm","year")],g10[,c("invest","value","capital")]), index=c("firm","year"))
pw <- plm(invest~value+capital, p, model="within"); pr <- plm(invest~value+capital,p,model="random"); pb <- plm(invest~value+capital,p,model="between")
out$grunfeld10_plm_within <- club(pw, g10$firm, con=1:2)
tab <- function(f) {s<-summary(f)$coefficients; list(names=rownames(s), coef=unname(s[,1]), se=unname(s[,2]), t=unname(s[,3]), p=unname(s[,4]), vcov=unname(as.matrix(vcov(f))), df_resid=f$df.residual, rss=deviance(f))}
pl <- list(within=tab(pw), random=tab(pr), between=tab(pb))
pl$within$r2_within <- unname(summary(pw)$r.squared["rsq"]); pl$between$r2_between <- unname(summary(pb)$r.squared["rsq"])
e <- ercomp(pr); pl$random$sigma2_idios <- unname(e$sigma2["idios"]); pl$random$sigma2_id <- unname(e$sigma2["id"]); pl$random$theta <- unname(e$theta); 
pl$within$fixef <- as.list(fixef(pw))
for (t in c("HC0","sss")) {pl$within[[paste0("vcov_cluster_",t)]] <- unname(as.matrix(unclass(vcovHC(pw,method="arellano",type=t,cluster="group")))[1:2,1:2])
 pl$random[[paste0("vcov_cluster_",t)]] <- unname(as.matrix(unclass(vcovHC(pr,method="arellano",type=t,cluster="group")))[1:3,1:3])}
ph <- phtest(pw,pr); pl$hausman <- list(chi2=unname(ph$statistic), df=unname(ph$parameter), p=ph$p.value)
ft <- pFtest(pw, plm(invest~value+capital,p,model="pooling")); pl$f_pooled <- list(F=unname(ft$statistic), df=unname(ft$parameter), p=ft$p.value)
bp <- plmtest(plm(invest~value+capital,p,model="pooling"), type="bp"); pl$breusch_pagan_lm <- list(chi2=unname(bp$statistic), df=unname(bp$parameter), p=unname(bp$p.value))
# sandwich
hc <- function(fit) {r <- list(names=names(coef(fit)), coef=unname(coef(fit)), classical=mats(vcov(fit))); for (t in c("HC0","HC1","HC2","HC3")) r[[t]] <- mats(vcovHC(fit,type=t)); r}
cl <- function(fit,c1,c2) { r <- list()
 for (t in c("HC0","HC1","HC2","HC3")) for (ca in c(TRUE,FALSE)) { r[[paste("oneway",t,if(ca)"cadjust" else "nocadjust",sep="_")]] <- mats(vcovCL(fit,cluster=c1,type=t,cadjust=ca)) }
 for (t in c("HC0","HC1")) for (ca in c(TRUE,FALSE)) for (m in c(FALSE,TRUE)) r[[paste("twoway",t,if(ca)"cadjust" else "nocadjust",if(m)"multi0" else "multi",sep="_")]] <- mats(vcovCL(fit,cluster=list(c1,c2),type=t,cadjust=ca,multi0=m))
 r}
sw <- list(grunfeld10=c(hc(fA),cl(fA,g10$firm,g10$year)), unbalanced=c(hc(fD),cl(fD,u$g,u$h)), grunfeld10_weighted=hc(fF))
sw$unbalanced$n_groups <- c(length(unique(u$g)),length(unique(u$h)),nrow(unique(u[,c("g","h")])))
# the data of dfadjust's tests
dt <- data.frame(y=c(cos(0:9), tan(1:10)), x=c(sin(1:10), sin(2:11)), cluster=factor(c(2,1,3,2,2,3,3,1,1,2)))
dfa <- club(lm(y~x, dt), dt$cluster)
write(toJSON(list(club=out,plm=pl,sandwich=sw,dfadjust=dfa), digits=NA, auto_unbox=TRUE, matrix="rowmajor"), "r.json")
