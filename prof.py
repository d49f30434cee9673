import sys, time, cProfile, pstats, resource, collections
from tests.walks.kinds import KINDS
from tests.walks.seeds import drawn, walked
from tests.walks import walker as W
cost=collections.Counter(); n=collections.Counter()
old=W.Walker.call
def cpu():
    return sum(resource.getrusage(w)[i] for w in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN) for i in (0,1))
def call(self,*args,**k):
    t=cpu()
    try: return old(self,*args,**k)
    finally:
        key=" ".join(a for a in args if a in("check","run","--dry-run","show","--by","list","export","csv","json","parquet","reproduce","resume","refine","doctor","train","evaluate","predict","init","--refit","model","optuna","tensorboard", "--trials")); cost[key]+=cpu()-t; n[key]+=1
W.Walker.call=call
for kind in KINDS:
    cost.clear(); n.clear()
    t=cpu(); d=0
    for i in range(18,38):
        t0=cpu(); w=drawn(KINDS[kind],i); d+=cpu()-t0; walked(w, every=False)
    print(kind, "total %.1f drawing %.1f"%(cpu()-t,d))
    for k,c in cost.most_common(14): print("   %.2f s %d x %s"%(c,n[k],k))
