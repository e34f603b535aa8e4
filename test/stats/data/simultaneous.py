"""Writes the SciPy and statsmodels values that test/stats/pair-intervals.test.ts compares with.

    python3 -m venv v && v/bin/pip install scipy==1.17.1 statsmodels==0.15.0 && v/bin/python test/stats/data/simultaneous.py
"""

from pathlib import Path
import json, numpy as np
from scipy.stats import studentized_range as s, bartlett, norm, chi
from scipy.optimize import brentq
from scipy.stats import tukey_hsd
rng=np.random.default_rng(7)
q=[dict(meanCount=k,degreesOfFreedom=d,quantile=round(float(s.ppf(.95,k,d)),6)) for k,d in [(2,4),(3,2),(3,8),(7,12),(7,18),(7,24),(6,20),(10,36),(7,5.3)]]
zx,zw=np.polynomial.legendre.leggauss(200); z=9*zx; wz=9*zw*norm.pdf(z)
def cdf(d,p,df,rho):
    hi=chi.ppf(1-1e-13,df)/np.sqrt(df); sx,sw=np.polynomial.legendre.leggauss(400); t=hi*(sx+1)/2; ws=sw*hi/2*chi.pdf(t*np.sqrt(df),df)*np.sqrt(df)
    Z,S=np.meshgrid(z,t); f=(norm.cdf((np.sqrt(rho)*Z+d*S)/np.sqrt(1-rho))-norm.cdf((np.sqrt(rho)*Z-d*S)/np.sqrt(1-rho)))**p
    return ws@(f@wz)
d=[dict(comparisonCount=p,degreesOfFreedom=df,correlation=r,quantile=round(brentq(lambda x: cdf(x,p,df,r)-.95,1,40),5)) for p,df,r in [(1,10,.5),(2,5,.5),(9,20,.5),(9,60,.5),(11,44,.5),(11,44,.4),(11,2,.5)]]
# randomised blocks with lost values by statsmodels
import statsmodels.api as sm, pandas as pd, statsmodels.formula.api as smf
k,b=4,5
rows=[]
for i in range(k):
    for j in range(b):
        rows.append((i,j+1,round(float(1+.15*i+.2*j+.05*rng.standard_normal()),3)))
def fit(rows):
    df=pd.DataFrame(rows,columns=['t','b','y']); m=smf.ols('y ~ C(t)+C(b)',df).fit()
    out=[]
    names=list(m.params.index); V=m.cov_params().values
    crit=s.ppf(.95,k,m.df_resid)/np.sqrt(2)
    for i in range(k):
        for j in range(i+1,k):
            c=np.zeros(len(names)); 
            if i>0: c[names.index(f'C(t)[T.{i}]')]=-1
            c[names.index(f'C(t)[T.{j}]')]=1
            e=float(c@m.params.values); se=float(np.sqrt(c@V@c))
            out.append(dict(first=i,second=j,estimate=round(e,6),low=round(e-crit*se,5),high=round(e+crit*se,5)))
    return dict(values=[dict(treatment=t,block=bb,value=y) for t,bb,y in rows],degreesOfFreedom=int(m.df_resid),errorVariance=round(float(m.mse_resid),8),pairs=out)
full=fit(rows); lost=fit([r for x,r in enumerate(rows) if x not in (3,11)])
groups=[[1.1,1.3,1.2,1.5],[2.0,2.9,1.1,3.3],[5,9,1,12]]
bt=bartlett(*groups)
import scipy, statsmodels
json.dump(dict(source=f"SciPy {scipy.__version__} (studentized_range, bartlett), statsmodels {statsmodels.__version__} (ordinary least squares), and for Dunnett Gauss-Legendre integration with NumPy {np.__version__}",studentizedRange=q,dunnett=d,complete=full,lost=lost,bartlett=dict(variances=[float(np.var(g,ddof=1)) for g in groups],degreesOfFreedom=3,p=float(bt.pvalue))),(Path(__file__).parent / 'simultaneous.json').open('w'),indent=1)
