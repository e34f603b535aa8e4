/** What is used of jstat, which has no types of its own. */
declare module 'jstat' {
  const library: {
    readonly jStat: {
      readonly tukey: {
        cdf(q: number, meanCount: number, degreesOfFreedom: number): number;
        inv(probability: number, meanCount: number, degreesOfFreedom: number): number;
      };
      readonly chisquare: {
        cdf(x: number, degreesOfFreedom: number): number;
        inv(probability: number, degreesOfFreedom: number): number;
      };
    };
  };
  export = library;
}
