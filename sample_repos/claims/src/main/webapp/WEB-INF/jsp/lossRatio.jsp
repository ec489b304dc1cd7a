<%@ page contentType="text/html; charset=UTF-8" %>
<%@ taglib prefix="c" uri="http://java.sun.com/jsp/jstl/core" %>
<%@ include file="head.jsp" %>
<h1>Loss ratio</h1>
<table><tr><th>Product</th><th>Policies</th><th>Premium</th><th>Claims</th><th>Reserved</th><th>Paid</th><th>%</th></tr>
<c:forEach var="r" items="${rows}">
<tr><td>${r.productCode}</td><td>${r.policies}</td><td>${r.premium}</td><td>${r.claims}</td><td>${r.reserved}</td><td>${r.paid}</td><td>${r.ratio}</td></tr>
</c:forEach>
</table>
<%@ include file="foot.jsp" %>
