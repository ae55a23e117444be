// A BAL problem through Ceres, one thread, dense Schur complement: prints {"cost": …, "ms": …, "iterations": …}.
#include <ceres/ceres.h>
#include <ceres/rotation.h>

#include <cstdio>
#include <vector>

namespace {

struct Reprojection {
  double u, v;

  template <typename T>
  bool operator()(const T* camera, const T* point, T* error) const {
    T p[3];
    ceres::AngleAxisRotatePoint(camera, point, p);
    for (int i = 0; i < 3; i++) p[i] += camera[3 + i];
    const T x = -p[0] / p[2];
    const T y = -p[1] / p[2];
    const T r2 = x * x + y * y;
    const T scale = camera[6] * (1.0 + r2 * (camera[7] + camera[8] * r2));
    error[0] = scale * x - u;
    error[1] = scale * y - v;
    return true;
  }
};

}  // namespace

int main(int count, char** arguments) {
  if (count < 2) return 2;
  FILE* file = std::fopen(arguments[1], "r");
  int cameras, points, observations;
  if (!file || std::fscanf(file, "%d %d %d", &cameras, &points, &observations) != 3) return 1;
  std::vector<int> camera(observations), point(observations);
  std::vector<double> pixels(2 * observations), values(9 * cameras + 3 * points);
  for (int o = 0; o < observations; o++) {
    if (std::fscanf(file, "%d %d %lf %lf", &camera[o], &point[o], &pixels[2 * o], &pixels[2 * o + 1]) != 4) return 1;
  }
  for (double& value : values) {
    if (std::fscanf(file, "%lf", &value) != 1) return 1;
  }
  std::fclose(file);

  ceres::Problem problem;
  auto* order = new ceres::ParameterBlockOrdering;
  for (int o = 0; o < observations; o++) {
    auto* cost = new ceres::AutoDiffCostFunction<Reprojection, 2, 9, 3>(
        new Reprojection{pixels[2 * o], pixels[2 * o + 1]});
    problem.AddResidualBlock(cost, nullptr, &values[9 * camera[o]], &values[9 * cameras + 3 * point[o]]);
  }
  for (int p = 0; p < points; p++) order->AddElementToGroup(&values[9 * cameras + 3 * p], 0);
  for (int c = 0; c < cameras; c++) order->AddElementToGroup(&values[9 * c], 1);
  ceres::Solver::Options options;
  options.linear_solver_type = ceres::DENSE_SCHUR;
  options.linear_solver_ordering.reset(order);
  options.num_threads = 1;
  options.max_num_iterations = 100;
  options.function_tolerance = 1e-9;
  options.logging_type = ceres::SILENT;
  ceres::Solver::Summary summary;
  ceres::Solve(options, &problem, &summary);
  std::printf("{\"cost\": %.9g, \"ms\": %.3f, \"iterations\": %d}\n", summary.final_cost,
              1e3 * summary.total_time_in_seconds, static_cast<int>(summary.iterations.size()) - 1);
}
