// A g2o pose graph through Ceres from the file's guess, one thread, sparse Cholesky: prints {"cost": …, "ms": …,
// "iterations": …}; the cost is chi² in g2o's convention, not halved.
#include <ceres/ceres.h>

#include <Eigen/Cholesky>
#include <Eigen/Core>
#include <Eigen/Geometry>
#include <array>
#include <cmath>
#include <cstdio>
#include <fstream>
#include <map>
#include <sstream>
#include <string>

namespace {

using Eigen::Map;
using Eigen::Matrix;
using Eigen::Quaternion;

// Nodes: x y angle.
struct PlanarEdge {
  double x, y, angle;
  Eigen::Matrix3d root;

  template <typename T>
  bool operator()(const T* a, const T* b, T* out) const {
    const T c = cos(a[2]), s = sin(a[2]);
    const T dx = b[0] - a[0], dy = b[1] - a[1];
    const T ex = c * dx + s * dy - x, ey = c * dy - s * dx - y;
    const double mc = std::cos(angle), ms = std::sin(angle);
    const T turn = b[2] - a[2] - angle;
    Matrix<T, 3, 1> error(mc * ex + ms * ey, mc * ey - ms * ex, turn - 2 * M_PI * floor((turn + M_PI) / (2 * M_PI)));
    Map<Matrix<T, 3, 1>> weighted(out);
    weighted = root.cast<T>() * error;
    return true;
  }
};

// Nodes: a quaternion x y z w, a translation.
struct SpatialEdge {
  Eigen::Vector3d t;
  Eigen::Quaterniond q;
  Matrix<double, 6, 6> root;

  template <typename T>
  bool operator()(const T* qa, const T* ta, const T* qb, const T* tb, T* out) const {
    const Quaternion<T> fromWorld = Map<const Quaternion<T>>(qa).conjugate();
    const Quaternion<T> inverse = q.conjugate().cast<T>();
    const Matrix<T, 3, 1> step = fromWorld * (Map<const Matrix<T, 3, 1>>(tb) - Map<const Matrix<T, 3, 1>>(ta));
    Quaternion<T> turn = inverse * (fromWorld * Map<const Quaternion<T>>(qb));
    if (turn.w() < T(0)) turn.coeffs() = -turn.coeffs();
    Matrix<T, 6, 1> error;
    error << inverse * (step - t.cast<T>()), turn.vec();
    Map<Matrix<T, 6, 1>> weighted(out);
    weighted = root.cast<T>() * error;
    return true;
  }
};

// Upper triangle of an information matrix, to a root R with RᵀR equal to it.
template <int N>
Matrix<double, N, N> readRoot(std::istream& words) {
  Matrix<double, N, N> information;
  for (int i = 0; i < N; i++) {
    for (int j = i; j < N; j++) {
      words >> information(i, j);
      information(j, i) = information(i, j);
    }
  }
  return information.llt().matrixU();
}

}  // namespace

int main(int count, char** arguments) {
  if (count < 2) return 2;
  std::ifstream file(arguments[1]);
  std::map<int, std::array<double, 7>> nodes;
  ceres::Problem problem;
  bool spatial = false;
  for (std::string line, tag; std::getline(file, line);) {
    std::istringstream words(line);
    int a, b;
    words >> tag >> a;
    if (tag == "VERTEX_SE2") {
      auto& node = nodes[a];
      words >> node[0] >> node[1] >> node[2];
    } else if (tag == "VERTEX_SE3:QUAT") {
      auto& node = nodes[a];
      words >> node[4] >> node[5] >> node[6] >> node[0] >> node[1] >> node[2] >> node[3];
      Map<Eigen::Quaterniond>(node.data()).normalize();
      spatial = true;
    } else if (tag == "EDGE_SE2") {
      auto* edge = new PlanarEdge;
      words >> b >> edge->x >> edge->y >> edge->angle;
      edge->root = readRoot<3>(words);
      problem.AddResidualBlock(new ceres::AutoDiffCostFunction<PlanarEdge, 3, 3, 3>(edge), nullptr, nodes.at(a).data(),
                               nodes.at(b).data());
    } else if (tag == "EDGE_SE3:QUAT") {
      auto* edge = new SpatialEdge;
      words >> b >> edge->t.x() >> edge->t.y() >> edge->t.z();
      words >> edge->q.x() >> edge->q.y() >> edge->q.z() >> edge->q.w();
      edge->q.normalize();
      edge->root = readRoot<6>(words);
      double* from = nodes.at(a).data();
      double* to = nodes.at(b).data();
      problem.AddResidualBlock(new ceres::AutoDiffCostFunction<SpatialEdge, 6, 4, 3, 4, 3>(edge), nullptr, from,
                               from + 4, to, to + 4);
    }
  }
  if (nodes.empty()) return 1;
  double* first = nodes.begin()->second.data();
  problem.SetParameterBlockConstant(first);
  if (spatial) {
    auto* rotations = new ceres::EigenQuaternionManifold;
    for (auto& [id, node] : nodes) problem.SetManifold(node.data(), rotations);
    problem.SetParameterBlockConstant(first + 4);
  }
  ceres::Solver::Options options;
  options.linear_solver_type = ceres::SPARSE_NORMAL_CHOLESKY;
  options.num_threads = 1;
  options.max_num_iterations = 200;
  options.function_tolerance = 1e-9;
  options.logging_type = ceres::SILENT;
  ceres::Solver::Summary summary;
  ceres::Solve(options, &problem, &summary);
  std::printf("{\"cost\": %.9g, \"ms\": %.3f, \"iterations\": %d}\n", 2 * summary.final_cost,
              1e3 * summary.total_time_in_seconds, static_cast<int>(summary.iterations.size()) - 1);
}
